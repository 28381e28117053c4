-- Every figure as it was reported, on the boundaries of its day.
-- Office files take the place of the illustrative sample for their table and period.
CREATE TABLE observation AS
WITH
models AS NOT MATERIALIZED (
    SELECT m.*, m.file_status AS status, f.name AS file
    FROM stage.learning_models AS m
    JOIN stage.file AS f USING (file_no)
    WHERE m.file_status = 'reported'
       OR m.period NOT IN (SELECT DISTINCT period FROM stage.learning_models WHERE file_status = 'reported')
),
participation AS NOT MATERIALIZED (
    SELECT p.*, p.file_status AS status, f.name AS file
    FROM stage.participation AS p
    JOIN stage.file AS f USING (file_no)
    WHERE p.file_status = 'reported'
       OR p.period NOT IN (SELECT DISTINCT period FROM stage.participation WHERE file_status = 'reported')
),
model_counts AS (
    UNPIVOT (SELECT model, unit_key, period_start, period, status, file, line, total, registered, recognised FROM models)
    ON total, registered, recognised INTO NAME what VALUE amount
),
model_rates AS (
    SELECT *, 'registered_of_total' AS basis, registered AS part, total AS whole FROM models
    UNION ALL
    SELECT *, 'recognised_of_total', recognised, total FROM models
    UNION ALL
    SELECT *, 'recognised_of_registered', recognised, registered FROM models
),
register AS (
    SELECT
        unit_key, as_of, status,
        count(*) AS schools,
        count(*) FILTER (WHERE ownership = 'public') AS public_schools,
        count(*) FILTER (WHERE ownership = 'private') AS private_schools,
        sum(classes) AS classes, sum(pupils) AS pupils, sum(teachers) AS teachers,
        count(*) FILTER (WHERE national_standard) AS standard, count(national_standard) AS standard_known,
        count(*) FILTER (WHERE national_standard AND ownership = 'public') AS public_standard,
        count(national_standard) FILTER (WHERE ownership = 'public') AS public_standard_known
    FROM school
    WHERE level IN ('preschool', 'primary', 'lower_secondary', 'upper_secondary', 'multi_level')
    GROUP BY unit_key, as_of, status
),
register_figures AS (
    SELECT unit_key, as_of, status, f.indicator_id, f.numerator, f.denominator
    FROM register, LATERAL (VALUES
        ('school.count', schools, NULL), ('school.count.public', public_schools, NULL),
        ('school.count.private', private_schools, NULL), ('school.classes', classes, NULL),
        ('school.pupils', pupils, NULL), ('school.teachers', teachers, NULL),
        ('school.national_standard', standard, standard_known),
        ('school.national_standard.public', public_standard, public_standard_known)
    ) AS f (indicator_id, numerator, denominator)
),
reported AS (
    SELECT 'model.' || model || '.' || what AS indicator_id, unit_key, period_start, period AS period_end, status,
           NULL AS numerator, NULL AS denominator, CAST(amount AS DOUBLE) AS value, file, line
    FROM model_counts
    UNION ALL
    SELECT 'model.' || model || '.' || basis, unit_key, period_start, period, status, part, whole, part / whole, file, line
    FROM model_rates
    WHERE whole > 0 AND part IS NOT NULL
    UNION ALL
    SELECT i.indicator_id, p.unit_key, p.period_start, p.period, p.status,
           CASE WHEN i.kind = 'rate' THEN p.numerator END,
           CASE WHEN i.kind = 'rate' THEN p.denominator END,
           CASE WHEN i.kind = 'rate' THEN p.numerator / p.denominator ELSE p.numerator END, p.file, p.line
    FROM participation AS p
    JOIN stage.indicator AS i ON i.report_code = p.indicator
    WHERE i.kind <> 'rate' OR p.denominator > 0
    UNION ALL
    SELECT i.numerator_indicator_id, p.unit_key, p.period_start, p.period, p.status, NULL, NULL, p.numerator, p.file, p.line
    FROM participation AS p
    JOIN stage.indicator AS i ON i.report_code = p.indicator
    WHERE i.numerator_indicator_id IS NOT NULL
    UNION ALL
    SELECT indicator_id, unit_key, as_of, as_of, status,
           CASE WHEN denominator IS NOT NULL THEN numerator END, denominator,
           CASE WHEN denominator IS NULL THEN numerator ELSE numerator / nullif(denominator, 0) END, NULL, NULL
    FROM register_figures
    WHERE numerator IS NOT NULL
)
SELECT
    indicator_id, unit_key, period_start, period_end, status,
    CASE status WHEN 'illustrative' THEN 'sample-generator' ELSE 'office-reports' END AS source_id,
    CAST(numerator AS DOUBLE) AS numerator, CAST(denominator AS DOUBLE) AS denominator, CAST(value AS DOUBLE) AS value,
    NULL AS qualifier, NULL AS basis_evidence, 'reference' AS date_basis, NULL AS period_label,
    NULL AS note_vi, NULL AS note_en, file, line
FROM reported
UNION ALL
SELECT
    p.indicator_id, p.unit_key, p.period_start, p.period_end, 'published', p.source_id, p.numerator, p.denominator, p.value,
    p.qualifier, p.basis_evidence, p.date_basis, p.period_label, p.note_vi, p.note_en, f.name, p.line
FROM stage.published_figure AS p
JOIN stage.file AS f USING (file_no);
