-- Every figure of the report, as it is computed. A line `-- name: what it answers` begins each; the report shows the rest.
-- In braces: {scope} and {sources} are what was asked for, as conditions; {unit} and {coarse} are lengths of a period.

-- picked: the releases that the report is about
CREATE TEMP TABLE picked AS
SELECT doc_id, source_id AS source, published_on AS day, country, is_uncertain,
       near_duplicate_of IS NOT NULL AS is_near, text_condition AS condition, restoration_score AS score
FROM documents WHERE {scope}

-- span: how many, from when to when
SELECT count(*) AS releases, count(DISTINCT source) AS sources, min(day) AS first, max(day) AS last,
       count(*) FILTER (day IS NULL) AS undated, count(*) FILTER (is_uncertain) AS uncertain,
       count(*) FILTER (is_near) AS near_duplicates, count(*) FILTER (condition <> 'spaced') AS repaired
FROM picked

-- found: rows that belong to these releases
SELECT (SELECT count(*) FROM quotes SEMI JOIN picked USING (doc_id)) AS quotations,
       (SELECT count(*) FROM entities SEMI JOIN picked USING (doc_id)) AS names,
       (SELECT count(*) FROM roles SEMI JOIN picked USING (doc_id)) AS offices,
       (SELECT count(DISTINCT person_key) FROM person_mentions SEMI JOIN picked USING (doc_id)
        WHERE NOT contains(person_key, '@')) AS people

-- versions: what the rows were made by
SELECT run_id, pipeline_version, count(*) AS releases
FROM documents WHERE {scope} GROUP BY ALL ORDER BY releases DESC, run_id, pipeline_version

-- accounts: what became of every record that was read; the table read holds what the commits say
SELECT source, max(records) AS records, sum(documents)::BIGINT AS documents, sum(duplicates)::BIGINT AS duplicates,
       sum(rejects)::BIGINT AS rejects, (max(records) - sum(documents + duplicates + rejects))::BIGINT AS missing
FROM (
  SELECT source, records, 0 AS documents, 0 AS duplicates, 0 AS rejects FROM read
  UNION ALL SELECT source::VARCHAR, 0, count(*), 0, 0 FROM documents GROUP BY ALL
  UNION ALL SELECT source::VARCHAR, 0, 0, count(*), 0 FROM duplicates GROUP BY ALL
  UNION ALL SELECT source::VARCHAR, 0, 0, 0, count(*) FROM rejects GROUP BY ALL
)
WHERE {sources} GROUP BY source ORDER BY records DESC, source

-- refusals: what was refused and why, each with its first example
SELECT code, stage, count(*) AS refused, count(DISTINCT uri) AS files,
       min({'uri': uri[:200], 'member': member[:200], 'record': record, 'message': message[:300],
             'excerpt': excerpt[:200]}) AS example
FROM rejects WHERE {sources} GROUP BY ALL ORDER BY refused DESC, code, stage

-- releases: releases by period and source
SELECT date_trunc('{unit}', day)::DATE AS period, source, count(*) AS releases,
       count(*) FILTER (is_uncertain) AS uncertain, count(*) FILTER (is_near) AS near_duplicates
FROM picked WHERE day IS NOT NULL GROUP BY ALL ORDER BY period, source

-- sureness: quotations by period and source; unsure is one of an unknown speaker or with a score under a half
SELECT date_trunc('{unit}', day)::DATE AS period, picked.source, count(*) AS quotations,
       count(*) FILTER (speaker_kind = 'unknown' OR coalesce(quotes.score < 0.5, false)) AS unsure
FROM quotes JOIN picked USING (doc_id) GROUP BY ALL ORDER BY period, picked.source

-- quality: the releases of each source; the score is the median of those whose text was repaired
SELECT source, count(*) AS releases, count(*) FILTER (day IS NULL) AS undated,
       count(*) FILTER (is_uncertain) AS uncertain, count(*) FILTER (is_near) AS near_duplicates,
       count(*) FILTER (condition <> 'spaced') AS restored,
       quantile_disc(score, 0.5) FILTER (condition <> 'spaced') AS score, min(day) AS first, max(day) AS last
FROM picked GROUP BY source ORDER BY releases DESC, source

-- acts: engagements that are news, in the quarter in which they are, else are told
CREATE TEMP TABLE acts AS
SELECT type, status, date_trunc('quarter', coalesce(date_start, day))::DATE AS period, country_ids AS sides,
       'iso:' || country AS own
FROM engagements JOIN picked USING (doc_id) WHERE mention = 'news'

-- acts_by_type: engagements by quarter and type
SELECT period, type, count(*) FILTER (status IN ('held', 'ongoing')) AS held,
       count(*) FILTER (status = 'planned') AS planned, count(*) FILTER (status = 'cancelled') AS cancelled
FROM acts GROUP BY ALL ORDER BY period, type

-- partners: engagements by partner: a side that is not the publisher's own country
SELECT partner, count(*) FILTER (status IN ('held', 'ongoing')) AS held,
       count(*) FILTER (status = 'planned') AS planned, count(*) FILTER (status = 'cancelled') AS cancelled,
       count(*) OVER () AS partners
FROM (SELECT status, own, unnest(sides) AS partner FROM acts)
WHERE partner IS DISTINCT FROM own GROUP BY partner ORDER BY held DESC, planned DESC, partner LIMIT 50

-- acts_by_partner: engagements by quarter and partner
SELECT partner, period, count(*) FILTER (status IN ('held', 'ongoing')) AS held,
       count(*) FILTER (status = 'planned') AS planned
FROM (SELECT period, status, own, unnest(sides) AS partner FROM acts)
WHERE period IS NOT NULL AND partner IS DISTINCT FROM own GROUP BY ALL ORDER BY partner, period

-- said: quotations with a speaker who has a name, those inside turns left out; a key with @ is of one release alone
CREATE TEMP TABLE said AS
SELECT person_key, day, type, quotes.doc_id
FROM person_mentions JOIN quotes USING (quote_id) JOIN picked ON picked.doc_id = quotes.doc_id
WHERE within IS NULL

-- speakers: who is quoted most
SELECT person_key, min(name) AS name, min(country_id) AS country_id, count(*) AS quotations,
       count(*) FILTER (type = 'turn') AS turns, count(DISTINCT doc_id) AS releases, min(day) AS first, max(day) AS last,
       count(*) OVER () AS people
FROM said JOIN people USING (person_key)
WHERE NOT contains(person_key, '@') GROUP BY person_key ORDER BY quotations DESC, person_key LIMIT 50

-- surnames: quotations of people whom the release names by surname alone
SELECT count(*) AS quotations FROM said WHERE contains(person_key, '@')

-- speaking: quotations of the most quoted, by period
WITH most AS (
  SELECT person_key FROM said WHERE NOT contains(person_key, '@')
  GROUP BY ALL ORDER BY count(*) DESC, person_key LIMIT 50
)
SELECT person_key, date_trunc('{unit}', day)::DATE AS period, count(*) AS quotations
FROM said SEMI JOIN most USING (person_key) WHERE day IS NOT NULL GROUP BY ALL ORDER BY person_key, period

-- offices: what these hold, as all releases of the dataset state it
WITH most AS (
  SELECT person_key FROM said WHERE NOT contains(person_key, '@')
  GROUP BY ALL ORDER BY count(*) DESC, person_key LIMIT 50
)
SELECT person_key, min(office.title) AS title, office.qualifier AS qualifier, office.organisation AS organisation,
       min(office.first_on) AS first, max(office.last_on) AS last, sum(len(office.doc_ids))::BIGINT AS releases
FROM (SELECT person_key, unnest(offices) AS office FROM people SEMI JOIN most USING (person_key))
GROUP BY person_key, lower(office.title), qualifier, organisation
ORDER BY person_key, releases DESC, first, title, organisation, qualifier

-- named: in how many releases a country is named, by period
CREATE TEMP TABLE named AS
SELECT canonical_id[5:] AS country, date_trunc('{coarse}', day)::DATE AS period, count(DISTINCT doc_id) AS releases
FROM entities JOIN picked USING (doc_id) WHERE starts_with(canonical_id, 'iso:') GROUP BY ALL

-- countries: which countries are named in most releases
SELECT country, sum(releases)::BIGINT AS releases, min(period) AS first, max(period) AS last,
       count(*) OVER () AS countries
FROM named GROUP BY country ORDER BY releases DESC, country LIMIT 50

-- naming: releases that name one of the twelve named most, by period
WITH most AS (SELECT country FROM named GROUP BY ALL ORDER BY sum(releases) DESC, country LIMIT 12)
SELECT country, period, releases FROM named SEMI JOIN most USING (country)
WHERE period IS NOT NULL ORDER BY country, period

-- dated: dated releases by period
SELECT date_trunc('{coarse}', day)::DATE AS period, count(*) AS releases
FROM picked WHERE day IS NOT NULL GROUP BY ALL ORDER BY period

-- repairs: kinds of repair, and how many releases had them
SELECT edit.kind AS kind, count(*) AS repairs, count(DISTINCT doc_id) AS releases
FROM (SELECT doc_id, unnest(edits) AS edit FROM documents WHERE {scope}) GROUP BY ALL ORDER BY releases DESC, kind

-- sample_documents: releases, those with most damage first; keys are hashes, so their order is as good as chance
WITH chosen AS (
  SELECT doc_id FROM picked
  ORDER BY CASE condition WHEN 'glued' THEN 0 WHEN 'partly' THEN 1 ELSE 2 END, doc_id LIMIT 12
), begun AS (
  SELECT *, greatest(0, coalesce(edits[1].raw_start, 0) - 40) AS start FROM documents SEMI JOIN chosen USING (doc_id)
)
SELECT doc_id, published_on AS day, title[:200] AS title, url[:500] AS url, uri[:200] AS uri, record,
       text_condition AS condition, restoration_score AS score, len(edits) AS repairs,
       CASE WHEN start > 0 THEN '…' ELSE '' END || raw_text[start + 1 : start + 260] || '…' AS raw,
       CASE WHEN start > 0 THEN '…' ELSE '' END || text[start + 1 : start + 290] || '…' AS text
FROM begun ORDER BY doc_id

-- sample_quotes: a quotation of each of some releases
SELECT quote_id, published_on AS day, type, speaker_name[:120] AS speaker, speaker_title[:120] AS title,
       speaker_affiliation[:120] AS affiliation, cue[:60] AS cue, quotes.score AS score,
       raw_text[quotes.raw_start + 1 : least(quotes.raw_end, quotes.raw_start + 300)] AS raw, quotes.text[:300] AS text
FROM quotes JOIN documents USING (doc_id)
WHERE quote_id IN (
  SELECT min(quote_id) FROM quotes SEMI JOIN picked USING (doc_id) GROUP BY doc_id ORDER BY doc_id LIMIT 12
)
ORDER BY quote_id

-- sample_engagements: an engagement of each of some releases
SELECT engagement_id, published_on AS day, type, status, date_start::VARCHAR AS date_start,
       parties[:200] AS parties,
       raw_text[engagements.raw_start + 1 : least(engagements.raw_end, engagements.raw_start + 300)] AS raw,
       engagements.text[:300] AS text
FROM (SELECT * EXCLUDE published_on FROM engagements) AS engagements JOIN documents USING (doc_id)
WHERE engagement_id IN (
  SELECT min(engagement_id) FROM engagements SEMI JOIN picked USING (doc_id) GROUP BY doc_id ORDER BY doc_id LIMIT 12
)
ORDER BY engagement_id
