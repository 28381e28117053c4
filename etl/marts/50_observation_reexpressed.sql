-- Every count on the boundaries of any vintage: whole units move whole, divided ones by unit_bridge; rates are worked out
-- again from the moved counts, and a rate without its counts cannot move. Figures that need no move pass as they are.
CREATE VIEW observation_reexpressed AS
WITH
moves AS (
    SELECT
        b.vintage, o.indicator_id, b.to_key AS unit_key, o.period_start, o.period_end, o.status, o.source_id,
        i.kind = 'rate' AS is_rate, b.weight, b.estimated,
        -- a number, as the smallest and largest of texts take most of the time of this query
        CAST(list_position(['whole', 'population_by_law', 'area_estimate', 'population_share'], b.weight_method) AS TINYINT) AS method,
        b.weight_low, b.weight_high, b.weight_by_area,
        b.weight_by_people, b.to_share,
        CASE WHEN i.kind = 'rate' THEN o.numerator ELSE o.value END AS part,
        CASE WHEN i.kind = 'rate' THEN o.denominator END AS whole
    FROM observation AS o
    JOIN indicator AS i ON i.indicator_id = o.indicator_id
    JOIN unit_bridge AS b ON b.from_key = o.unit_key
    ANTI JOIN reexpression_overlap AS x
        ON x.vintage = b.vintage AND x.indicator_id = o.indicator_id AND x.from_key = o.unit_key AND x.to_key = b.to_key
        AND x.period_end = o.period_end AND x.status = o.status AND x.source_id = o.source_id
    WHERE b.weight_method <> 'none' AND b.weight > 0
      AND (i.kind = 'count' OR (o.numerator IS NOT NULL AND o.denominator IS NOT NULL))
),
moved AS (
    SELECT
        vintage, indicator_id, unit_key, period_end, status, source_id,
        min(period_start) AS period_start, any_value(is_rate) AS is_rate,
        sum(part * weight) AS part, sum(whole * weight) AS whole,
        sum(part * weight_low) AS part_low, sum(part * weight_high) AS part_high,
        -- of a divided unit, none or all of those who count may live in this part of it
        sum(greatest(0, part - whole * (1 - weight))) AS least, sum(least(part, whole * weight)) AS most,
        sum(part * weight_by_area) AS area_part, sum(whole * weight_by_area) AS area_whole,
        sum(part * weight_by_people) AS people_part, sum(whole * weight_by_people) AS people_whole,
        CASE WHEN min(method) = max(method) THEN ['whole', 'population_by_law', 'area_estimate', 'population_share'][min(method)]
             ELSE 'mixed' END AS weight_method,
        sum(coalesce(whole, part) * weight) AS size,
        -- what would have to be moved if the largest part of a divided unit had taken all of it
        sum(coalesce(whole, part) * least(weight, 1 - weight)) FILTER (WHERE estimated) AS size_estimated,
        bool_or(estimated) AS any_estimated,
        sum(to_share) AS covered_share
    FROM moves
    GROUP BY ALL
)
SELECT
    vintage, indicator_id, unit_key, period_start, period_end,
    CASE WHEN any_estimated THEN 'apportioned' ELSE status END AS status, status AS origin_status, source_id,
    CASE WHEN is_rate THEN part END AS numerator, whole AS denominator,
    CASE WHEN is_rate THEN part / nullif(whole, 0) ELSE part END AS value,
    weight_method,
    CASE WHEN any_estimated THEN coalesce(size_estimated / nullif(size, 0), 1) ELSE 0 END AS estimated_share,
    least(1, covered_share) AS covered_share,
    CASE WHEN is_rate THEN area_part / nullif(area_whole, 0) ELSE area_part END AS value_by_area,
    CASE WHEN is_rate THEN people_part / nullif(people_whole, 0) ELSE people_part END AS value_by_people,
    CASE WHEN is_rate THEN least / nullif(whole, 0) ELSE part_low END AS value_low,
    CASE WHEN is_rate THEN most / nullif(whole, 0) ELSE part_high END AS value_high
FROM moved
UNION ALL
SELECT
    b.vintage, o.indicator_id, o.unit_key, o.period_start, o.period_end, o.status, o.status, o.source_id, o.numerator, o.denominator,
    o.value, 'none', 0.0, 1.0, o.value, o.value, o.value, o.value
FROM observation AS o
JOIN (
    SELECT vintage, from_key FROM unit_bridge WHERE weight_method = 'none'
    UNION ALL SELECT DISTINCT vintage, '01' FROM unit_bridge
) AS b ON b.from_key = o.unit_key;
