-- Figures that are not moved, because nearer ones of the same source and day speak of the same people: a unit's own
-- figure comes before what would be moved into it, and a former district's before those of its wards.
CREATE TABLE reexpression_overlap AS
WITH
tiers AS (
    SELECT unit_key, parent_key, CASE WHEN level = 'ward' AND valid_to IS NULL THEN 'ward' WHEN level = 'ward' THEN 'former_ward' ELSE level END AS tier
    FROM stage.unit WHERE level <> 'city'
),
days AS (
    SELECT o.period_end, o.status, o.source_id
    FROM (SELECT DISTINCT unit_key, period_end, status, source_id FROM observation) AS o JOIN tiers AS t USING (unit_key)
    GROUP BY ALL HAVING count(DISTINCT t.tier) > 1
),
figures AS (
    SELECT o.indicator_id, o.unit_key, o.period_end, o.status, o.source_id, t.parent_key, t.tier
    FROM observation AS o JOIN days USING (period_end, status, source_id) JOIN tiers AS t USING (unit_key)
),
moves AS (
    SELECT b.vintage, f.indicator_id, f.unit_key AS from_key, b.to_key, f.period_end, f.status, f.source_id, f.parent_key, f.tier
    FROM figures AS f JOIN unit_bridge AS b ON b.from_key = f.unit_key
    WHERE b.weight_method <> 'none'
)
SELECT m.vintage, m.indicator_id, m.from_key, m.to_key, m.period_end, m.status, m.source_id
FROM moves AS m
WHERE EXISTS (
    SELECT 1 FROM figures AS f
    WHERE f.indicator_id = m.indicator_id AND f.period_end = m.period_end AND f.status = m.status AND f.source_id = m.source_id
      AND (f.unit_key = m.to_key OR (m.tier = 'former_ward' AND f.unit_key = m.parent_key))
)
ORDER BY ALL;
