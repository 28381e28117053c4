-- The same figures on today's boundaries.
CREATE VIEW observation_current AS
SELECT
    indicator_id, unit_key, period_start, period_end, status, origin_status, source_id, numerator, denominator, value, weight_method,
    estimated_share, covered_share, value_by_area, value_by_people, value_low, value_high
FROM observation_reexpressed
WHERE vintage = 'wards_2025_07';
