-- The same figures on today's boundaries: whole units move whole, divided ones by unit_succession.
-- Rates are worked out again from the moved counts; a rate without its counts cannot move and is left out.
CREATE VIEW observation_current AS
WITH link AS (
    SELECT from_key, to_key, weight, weight_method FROM unit_succession WHERE weight > 0
    UNION ALL
    SELECT unit_key, unit_key, 1.0, 'none' FROM unit WHERE valid_to IS NULL
),
moved AS (
    SELECT
        o.indicator_id, l.to_key AS unit_key, o.period_start, o.period_end, o.status, o.source_id, i.kind,
        o.numerator * l.weight AS numerator, o.denominator * l.weight AS denominator,
        CASE WHEN l.weight_method = 'none' THEN o.value WHEN i.kind = 'count' THEN o.value * l.weight END AS value,
        l.weight_method,
        coalesce(o.denominator, o.value) * l.weight AS size
    FROM observation AS o
    JOIN indicator AS i ON i.indicator_id = o.indicator_id
    JOIN link AS l ON l.from_key = o.unit_key
    WHERE l.weight_method = 'none' OR i.kind = 'count' OR o.denominator IS NOT NULL
)
SELECT
    indicator_id, unit_key, min(period_start) AS period_start, period_end, status, source_id,
    sum(numerator) AS numerator, sum(denominator) AS denominator,
    CASE WHEN any_value(kind) = 'rate' AND sum(denominator) > 0 THEN sum(numerator) / sum(denominator) ELSE sum(value) END AS value,
    CASE WHEN count(DISTINCT weight_method) = 1 THEN any_value(weight_method) ELSE 'mixed' END AS weight_method,
    coalesce(sum(size) FILTER (WHERE weight_method IN ('area_estimate', 'population_share')) / nullif(sum(size), 0), 0) AS estimated_share
FROM moved
GROUP BY indicator_id, unit_key, period_end, status, source_id;
