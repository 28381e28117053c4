-- Hexagons: one a ward, pointy-top, side by side; north is up, so y is turned round. Outlines: where they were fetched.
CREATE TABLE unit_shape AS
WITH corners AS (
    SELECT unit_key, source_id, k, x + sin(radians(60 * k)) / sqrt(3) AS px, -y + cos(radians(60 * k)) / sqrt(3) AS py
    FROM stage.hex_cell CROSS JOIN range(0, 7) AS corner (k)
)
SELECT
    unit_key,
    'hex' AS kind,
    '{"type":"Polygon","coordinates":[[' || string_agg(format('[{:.4f},{:.4f}]', px, py), ',' ORDER BY k) || ']]}' AS geometry,
    any_value(source_id) AS source_id
FROM corners
GROUP BY unit_key
UNION ALL
SELECT unit_key, 'boundary', geometry, source_id FROM stage.ward_outline
ORDER BY unit_key, kind;
