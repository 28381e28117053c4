-- Who was to report what, and did: each reporting unit of the day × each period × each kind of report.
-- A period is one for which at least one of these units reported (a file of the city's own makes none); real reports
-- and the illustrative ones apart.
CREATE TABLE report_status AS
WITH
reform AS (SELECT min(valid_from) AS day FROM stage.unit WHERE level = 'ward' AND valid_to IS NULL),
due AS (SELECT value AS days FROM stage.method_rule WHERE rule_id = 'report_due_days'),
sent AS (
    SELECT 'learning_models' AS report, unit_key, period AS period_end, file_status AS status, min(reported_on) AS reported_on
    FROM stage.learning_models GROUP BY ALL
    UNION ALL
    SELECT 'participation', unit_key, period, file_status, min(reported_on) FROM stage.participation GROUP BY ALL
),
used AS (
    SELECT * FROM sent AS s
    WHERE s.status = 'reported'
       OR NOT EXISTS (SELECT 1 FROM sent AS r WHERE r.report = s.report AND r.period_end = s.period_end AND r.status = 'reported')
),
expected AS (
    SELECT p.report, p.period_end, p.status, u.unit_key, u.population
    FROM (SELECT DISTINCT report, period_end, status FROM used) AS p
    JOIN stage.unit AS u
        ON u.level = CASE WHEN p.period_end < (SELECT day FROM reform) THEN 'district' ELSE 'ward' END
        AND (u.valid_from IS NULL OR u.valid_from <= p.period_end) AND (u.valid_to IS NULL OR u.valid_to >= p.period_end)
),
joined AS (
    SELECT e.*, u.unit_key IS NOT NULL AS has_reported, u.reported_on
    FROM expected AS e LEFT JOIN used AS u USING (report, period_end, status, unit_key)
    QUALIFY bool_or(has_reported) OVER (PARTITION BY report, period_end, status)
)
SELECT
    report, unit_key, period_end, status, has_reported, reported_on,
    date_diff('day', period_end, reported_on) AS days_after_period,
    CASE WHEN reported_on IS NOT NULL THEN date_diff('day', period_end, reported_on) > (SELECT days FROM due) END AS is_late,
    max(CASE WHEN has_reported THEN period_end END) OVER history AS last_reported,
    CAST(count(*) OVER history - coalesce(max(CASE WHEN has_reported THEN position END) OVER history, 0) AS BIGINT) AS periods_missed,
    population
FROM (SELECT *, row_number() OVER (PARTITION BY report, status, unit_key ORDER BY period_end) AS position FROM joined) AS numbered
WINDOW history AS (PARTITION BY report, status, unit_key ORDER BY period_end)
ORDER BY report, status, period_end, unit_key;
