-- Figures that obey every rule of their file and still deserve a look: the rule, the values and a sentence for each.
-- A figure is held against the same unit's report before, of the same status and the same length of period. The units
-- before and after July 2025 are different ones, so nothing is compared across that day. Thresholds are in method_rule.

CREATE TEMP MACRO flag_limit(rule) AS (SELECT value FROM stage.method_rule WHERE rule_id = rule);

-- Numbers and periods in words, as i18n/numbers.py writes them.
CREATE TEMP MACRO en_number(x, decimals) AS format('{:,.' || decimals || 'f}', CAST(x AS DOUBLE));
CREATE TEMP MACRO vi_number(x, decimals) AS translate(en_number(x, decimals), ',.', '.,');
CREATE TEMP MACRO en_percent(x) AS en_number(100 * x, 1) || '%';
CREATE TEMP MACRO vi_percent(x) AS vi_number(100 * x, 1) || '%';
CREATE TEMP MACRO flag_sign(x) AS CASE WHEN round(x, 1) > 0 THEN '+' WHEN round(x, 1) < 0 THEN '−' ELSE '±' END;
CREATE TEMP MACRO en_points(x) AS flag_sign(100 * x) || en_number(abs(100 * x), 1) || ' pp';
CREATE TEMP MACRO vi_points(x) AS flag_sign(100 * x) || vi_number(abs(100 * x), 1) || ' điểm %';
CREATE TEMP MACRO en_moved(was, is_now, was_text, now_text) AS
    CASE WHEN was_text = now_text THEN 'stayed at ' WHEN is_now > was THEN 'rose from ' || was_text || ' to '
         ELSE 'fell from ' || was_text || ' to ' END || now_text;
CREATE TEMP MACRO vi_moved(was, is_now, was_text, now_text) AS
    CASE WHEN was_text = now_text THEN 'giữ nguyên ' WHEN is_now > was THEN 'tăng từ ' || was_text || ' lên '
         ELSE 'giảm từ ' || was_text || ' xuống ' END || now_text;
CREATE TEMP MACRO en_times(was, is_now) AS
    CASE WHEN was = 0 OR is_now = 0 THEN '' WHEN is_now >= 2 * was THEN ' (' || en_number(is_now / was, 1) || ' times)'
         WHEN is_now / was < 0.0005 THEN ' (to less than 0.1%)' ELSE ' (to ' || en_percent(is_now / was) || ')' END;
CREATE TEMP MACRO vi_times(was, is_now) AS
    CASE WHEN was = 0 OR is_now = 0 THEN '' WHEN is_now >= 2 * was THEN ' (gấp ' || vi_number(is_now / was, 1) || ' lần)'
         WHEN is_now / was < 0.0005 THEN ' (còn chưa tới 0,1%)' WHEN is_now < was THEN ' (còn ' || vi_percent(is_now / was) || ')'
         ELSE ' (bằng ' || vi_percent(is_now / was) || ')' END;
CREATE TEMP MACRO whole_months(first_day, last_day) AS
    CASE WHEN day(first_day) = 1 AND day(last_day + 1) = 1 THEN date_diff('month', first_day, last_day) + 1 ELSE 0 END;
CREATE TEMP MACRO vi_period(first_day, last_day) AS
    CASE WHEN whole_months(first_day, last_day) = 12 AND month(first_day) = 1 THEN 'năm ' || year(last_day)
         WHEN whole_months(first_day, last_day) = 6 AND month(first_day) = 1 THEN '6 tháng đầu năm ' || year(last_day)
         WHEN whole_months(first_day, last_day) = 6 AND month(first_day) = 7 THEN '6 tháng cuối năm ' || year(last_day)
         WHEN whole_months(first_day, last_day) = 3 AND month(first_day) % 3 = 1
             THEN 'quý ' || ['I', 'II', 'III', 'IV'][quarter(last_day)] || '/' || year(last_day)
         WHEN whole_months(first_day, last_day) = 1 THEN 'tháng ' || month(last_day) || '/' || year(last_day)
         ELSE strftime(last_day, '%d/%m/%Y') END;
CREATE TEMP MACRO en_period(first_day, last_day) AS
    CASE WHEN whole_months(first_day, last_day) = 12 AND month(first_day) = 1 THEN '' || year(last_day)
         WHEN whole_months(first_day, last_day) = 6 AND month(first_day) = 1 THEN 'first half of ' || year(last_day)
         WHEN whole_months(first_day, last_day) = 6 AND month(first_day) = 7 THEN 'second half of ' || year(last_day)
         WHEN whole_months(first_day, last_day) = 3 AND month(first_day) % 3 = 1 THEN 'Q' || quarter(last_day) || ' ' || year(last_day)
         WHEN whole_months(first_day, last_day) = 1 THEN strftime(last_day, '%B %Y')
         ELSE day(last_day) || ' ' || replace(strftime(last_day, '%b %Y'), 'Sep ', 'Sept ') END;
CREATE TEMP MACRO en_in_text(period) AS CASE WHEN period LIKE '% half of %' THEN 'the ' ELSE '' END || period;

-- Which series are judged, over which units and periods. Small numbers stand for them, so that large builds stay cheap.
CREATE TEMP TABLE flag_series AS
SELECT
    CAST(row_number() OVER (ORDER BY i.indicator_id) AS USMALLINT) AS i, i.indicator_id, i.model, i.name_vi, i.name_en,
    coalesce(' ' || i.unit_vi, '') AS unit_vi, coalesce(' ' || i.unit_en, '') AS unit_en, m.name_vi AS model_vi, m.name_en AS model_en,
    CASE WHEN i.theme = 'model' THEN 'learning_models' ELSE 'participation' END AS report,
    CAST(CASE WHEN i.kind = 'rate' THEN 'rate' WHEN i.theme = 'model' THEN split_part(i.indicator_id, '.', 3) ELSE 'flow' END
         AS ENUM ('rate', 'flow', 'total', 'registered', 'recognised')) AS role
FROM stage.indicator AS i LEFT JOIN stage.learning_model AS m ON m.model = i.model
WHERE i.report_code IS NOT NULL
   OR (i.theme = 'model' AND (i.kind = 'count' OR i.basis IN ('recognised_of_total', 'registered_of_total')));

CREATE TEMP TABLE flag_unit AS
SELECT
    CAST(row_number() OVER (ORDER BY u.unit_key) AS USMALLINT) AS u, u.unit_key, u.name_vi, u.name_en, u.population,
    left(u.population_as_of, 4) AS population_year, CAST(g.position AS UTINYINT) AS peers, g.name_vi AS peers_vi, g.name_en AS peers_en
FROM stage.unit AS u LEFT JOIN unit_peer_group AS m USING (unit_key) LEFT JOIN stage.peer_group AS g USING (peer_group);

CREATE TEMP TABLE flag_period AS
WITH days AS (SELECT DISTINCT indicator_id, status, period_start, period_end FROM observation WHERE status <> 'published')
SELECT
    CAST(row_number() OVER (ORDER BY d.report, d.status, d.span, d.period_end) AS USMALLINT) AS p,
    CAST(dense_rank() OVER (ORDER BY d.report, d.status, d.span) AS USMALLINT) AS sequence,
    d.*, vi_period(d.period_start, d.period_end) AS words_vi, en_period(d.period_start, d.period_end) AS words_en
FROM (
    SELECT DISTINCT s.report, days.status, date_diff('month', days.period_start, days.period_end) AS span, days.period_start, days.period_end
    FROM days JOIN flag_series AS s USING (indicator_id)
) AS d;

-- Each judged figure beside the unit's own report before it. A rate is large enough to be judged for jumps where both
-- denominators are, a count where one of the two is.
CREATE TEMP TABLE flag_change AS
WITH
figures AS (
    SELECT
        s.i, u.u, u.peers, s.role, p.p, o.value, coalesce(o.denominator, o.value) AS size,
        (CAST(s.i AS UBIGINT) << 32) | (CAST(u.u AS UBIGINT) << 16) | p.sequence AS series  -- one number is told apart faster than three
    FROM observation AS o
    JOIN flag_series AS s ON s.indicator_id = o.indicator_id
    JOIN flag_unit AS u ON u.unit_key = o.unit_key
    JOIN flag_period AS p
        ON p.report = s.report AND p.status = o.status AND p.period_end = o.period_end
        AND p.span = date_diff('month', o.period_start, o.period_end)
),
pairs AS (
    SELECT *, lag(p) OVER reports AS previous_p, lag(value) OVER reports AS previous, lag(size) OVER reports AS previous_size
    FROM figures WINDOW reports AS (PARTITION BY series ORDER BY p)
)
SELECT
    i, u, peers, role, p, previous_p, value, previous,
    CASE role WHEN 'rate' THEN least(size, previous_size) ELSE greatest(size, previous_size) END >= flag_limit('flag_jump_size') AS is_large,
    value = previous AND size = previous_size AND size >= flag_limit('flag_copied_total') AS is_same
FROM pairs WHERE previous_p IS NOT NULL;

-- How rates and counts change in each peer group from one period to the next, and what change is expected of a unit. The
-- change of a count is judged by its logarithm, so that three times and a third weigh the same.
CREATE TEMP VIEW flag_move AS
SELECT *, CASE role WHEN 'rate' THEN value - previous ELSE ln((value + 1) / (previous + 1)) END AS change
FROM flag_change
WHERE p = previous_p + 1 AND peers IS NOT NULL AND (role = 'flow' OR (role = 'rate' AND is_large));

CREATE TEMP TABLE flag_expected AS
SELECT * EXCLUDE (spread), greatest(least_change, flag_limit('flag_jump_spreads') * spread) AS room
FROM (
    SELECT i, peers, p, count(*) AS units, median(change) AS middle, mad(change) AS spread,
           CASE role WHEN 'rate' THEN flag_limit('flag_jump_points') ELSE ln(flag_limit('flag_jump_times')) END AS least_change
    FROM flag_move GROUP BY i, peers, p, role HAVING count(*) >= flag_limit('flag_jump_peers')
);

CREATE TEMP TABLE flag_outlier AS
SELECT * FROM flag_move JOIN flag_expected USING (i, peers, p) WHERE is_large AND round(abs(change - middle) - room, 9) >= 0;

-- Where a figure only goes back to what it was before it jumped, that is a correction and no more than a note.
CREATE TEMP TABLE flag_jump AS
SELECT
    o.*, x.previous_p AS earlier_p, x.previous AS earlier,
    x.p IS NOT NULL AND y.p IS NULL
        AND CASE o.role WHEN 'rate' THEN abs(o.value - x.previous) ELSE abs(ln((o.value + 1) / (x.previous + 1))) END < o.least_change AS is_back
FROM flag_outlier AS o
LEFT JOIN flag_outlier AS x ON x.i = o.i AND x.u = o.u AND x.p = o.previous_p
LEFT JOIN flag_outlier AS y ON y.i = o.i AND y.u = o.u AND y.p = x.previous_p;

CREATE TEMP TABLE flag_found AS
-- rate_jump, count_jump
SELECT
    CASE WHEN j.role = 'rate' THEN 'rate_jump' ELSE 'count_jump' END AS flag_rule,
    CASE WHEN j.is_back THEN 'note' ELSE 'warning' END AS severity,
    j.i, j.u, j.p, j.previous_p, j.value, j.previous,
    CASE WHEN j.role = 'rate' THEN greatest(0, j.previous + j.middle - j.room)
         ELSE greatest(0, (j.previous + 1) * exp(j.middle - j.room) - 1) END AS expected_low,
    CASE WHEN j.role = 'rate' THEN least(1, j.previous + j.middle + j.room)
         ELSE greatest(0, (j.previous + 1) * exp(j.middle + j.room) - 1) END AS expected_high,
    '“' || s.name_vi || '” ' || CASE
        WHEN j.role = 'rate' THEN vi_moved(j.previous, j.value, vi_percent(j.previous), vi_percent(j.value)) || ' (' || vi_points(j.change) || ')'
        ELSE vi_moved(j.previous, j.value, vi_number(j.previous, 0), vi_number(j.value, 0)) || s.unit_vi || vi_times(j.previous, j.value) END
        || ' so với ' || b.words_vi || '; trung vị của nhóm “' || u.peers_vi || '” (' || j.units || ' đơn vị) là '
        || CASE WHEN j.role = 'rate' THEN vi_points(j.middle) ELSE vi_number(100 * exp(j.middle), 0) || '% kỳ trước' END || '.'
        || CASE WHEN NOT j.is_back THEN ''
                WHEN j.role = 'rate' THEN ' Tỷ lệ trở lại gần mức ' || vi_percent(j.earlier) || ' của ' || e.words_vi || '.'
                ELSE ' Con số trở lại gần mức ' || vi_number(j.earlier, 0) || ' của ' || e.words_vi || '.' END AS detail_vi,
    '“' || s.name_en || '” ' || CASE
        WHEN j.role = 'rate' THEN en_moved(j.previous, j.value, en_percent(j.previous), en_percent(j.value)) || ' (' || en_points(j.change) || ')'
        ELSE en_moved(j.previous, j.value, en_number(j.previous, 0), en_number(j.value, 0)) || s.unit_en || en_times(j.previous, j.value) END
        || CASE WHEN j.role = 'rate' THEN ' since ' ELSE ' against ' END || en_in_text(b.words_en) || '; the median of the group “' || u.peers_en || '” (' || j.units || ' units) is '
        || CASE WHEN j.role = 'rate' THEN en_points(j.middle) ELSE en_number(100 * exp(j.middle), 0) || '% of the period before' END || '.'
        || CASE WHEN NOT j.is_back THEN ''
                WHEN j.role = 'rate' THEN ' The rate is back near the ' || en_percent(j.earlier) || ' of ' || en_in_text(e.words_en) || '.'
                ELSE ' The figure is back near the ' || en_number(j.earlier, 0) || ' of ' || en_in_text(e.words_en) || '.' END AS detail_en
FROM flag_jump AS j
JOIN flag_series AS s USING (i) JOIN flag_unit AS u USING (u) JOIN flag_period AS b ON b.p = j.previous_p
LEFT JOIN flag_period AS e ON e.p = j.earlier_p

UNION ALL
-- total_falls
SELECT
    'total_falls', 'warning', c.i, c.u, c.p, c.previous_p, c.value, c.previous,
    c.previous - greatest(c.previous * flag_limit('flag_total_fall'), flag_limit('flag_total_fall_units')), NULL,
    '“' || s.name_vi || '” ' || vi_moved(c.previous, c.value, vi_number(c.previous, 0), vi_number(c.value, 0)) || s.unit_vi
        || ' so với ' || b.words_vi || ' (−' || vi_percent(1 - c.value / c.previous) || ').',
    '“' || s.name_en || '” ' || en_moved(c.previous, c.value, en_number(c.previous, 0), en_number(c.value, 0)) || s.unit_en
        || ' since ' || en_in_text(b.words_en) || ' (−' || en_percent(1 - c.value / c.previous) || ').'
FROM flag_change AS c JOIN flag_series AS s USING (i) JOIN flag_period AS b ON b.p = c.previous_p
WHERE s.role = 'total'
  AND round(c.previous - c.value - greatest(c.previous * flag_limit('flag_total_fall'), flag_limit('flag_total_fall_units')), 9) >= 0

UNION ALL
-- recognised_falls
SELECT
    'recognised_falls', 'warning', c.i, c.u, c.p, c.previous_p, c.value, c.previous,
    c.previous - greatest(c.previous * flag_limit('flag_recognised_fall'), flag_limit('flag_recognised_fall_units')), NULL,
    '“' || s.name_vi || '” ' || vi_moved(c.previous, c.value, vi_number(c.previous, 0), vi_number(c.value, 0)) || s.unit_vi
        || ' so với ' || b.words_vi || ' (−' || vi_percent(1 - c.value / c.previous) || '), trong khi số đăng ký '
        || CASE WHEN r.value < r.previous THEN 'chỉ ' ELSE '' END
        || vi_moved(r.previous, r.value, vi_number(r.previous, 0), vi_number(r.value, 0)) || '.',
    '“' || s.name_en || '” ' || en_moved(c.previous, c.value, en_number(c.previous, 0), en_number(c.value, 0)) || s.unit_en
        || ' since ' || en_in_text(b.words_en) || ' (−' || en_percent(1 - c.value / c.previous) || '), while those registered '
        || CASE WHEN r.value < r.previous THEN 'only ' ELSE '' END
        || en_moved(r.previous, r.value, en_number(r.previous, 0), en_number(r.value, 0)) || '.'
FROM flag_change AS c JOIN flag_series AS s USING (i) JOIN flag_period AS b ON b.p = c.previous_p
JOIN flag_series AS rs ON rs.model = s.model AND rs.role = 'registered'
JOIN flag_change AS r ON r.i = rs.i AND r.u = c.u AND r.p = c.p AND r.previous_p = c.previous_p
WHERE s.role = 'recognised'
  AND round(c.previous - c.value - greatest(c.previous * flag_limit('flag_recognised_fall'), flag_limit('flag_recognised_fall_units')), 9) >= 0
  AND round(r.previous - r.value - r.previous * flag_limit('flag_recognised_fall'), 9) < 0

UNION ALL
-- copied: all three figures of a learning model
SELECT
    'copied', 'warning', c.i, c.u, c.p, c.previous_p, c.value, c.previous, NULL, NULL,
    'cả ba số về “' || s.model_vi || '” giống hệt ' || b.words_vi || ': tổng số ' || vi_number(c.value, 0)
        || ', đăng ký ' || vi_number(r.value, 0) || ', được công nhận ' || vi_number(a.value, 0) || '.',
    'all three figures on “' || s.model_en || '” are those of ' || en_in_text(b.words_en) || ': ' || en_number(c.value, 0)
        || ' in total, ' || en_number(r.value, 0) || ' registered, ' || en_number(a.value, 0) || ' recognised.'
FROM flag_change AS c JOIN flag_series AS s USING (i) JOIN flag_period AS b ON b.p = c.previous_p
JOIN flag_series AS rs ON rs.model = s.model AND rs.role = 'registered'
JOIN flag_series AS ss ON ss.model = s.model AND ss.role = 'recognised'
JOIN flag_change AS r ON r.i = rs.i AND r.u = c.u AND r.p = c.p AND r.previous_p = c.previous_p AND r.value = r.previous
JOIN flag_change AS a ON a.i = ss.i AND a.u = c.u AND a.p = c.p AND a.previous_p = c.previous_p AND a.value = a.previous
WHERE s.role = 'total' AND c.is_same

UNION ALL
-- copied: both numbers of a rate of participation
SELECT
    'copied', 'warning', c.i, c.u, c.p, c.previous_p, c.value, c.previous, NULL, NULL,
    'cả tử số và mẫu số của “' || s.name_vi || '” giống hệt ' || b.words_vi || ': ' || vi_number(o.numerator, 0) || ' trên '
        || vi_number(o.denominator, 0) || ' (' || vi_percent(o.value) || ').',
    'both numbers of “' || s.name_en || '” are those of ' || en_in_text(b.words_en) || ': ' || en_number(o.numerator, 0) || ' of '
        || en_number(o.denominator, 0) || ' (' || en_percent(o.value) || ').'
FROM (SELECT * FROM flag_change WHERE role = 'rate' AND is_same) AS c
JOIN (SELECT * FROM flag_series WHERE report = 'participation') AS s USING (i)
JOIN flag_unit AS u USING (u) JOIN flag_period AS p USING (p) JOIN flag_period AS b ON b.p = c.previous_p
JOIN observation AS o
    ON o.indicator_id = s.indicator_id AND o.unit_key = u.unit_key AND o.period_end = p.period_end AND o.status = p.status;

CREATE TABLE quality_flag AS
SELECT
    f.flag_rule, u.unit_key, s.indicator_id, p.period_start, p.period_end, p.status,
    CASE p.status WHEN 'illustrative' THEN 'sample-generator' ELSE 'office-reports' END AS source_id, f.severity, f.value,
    b.period_end AS previous_end, f.previous AS previous_value, f.expected_low, f.expected_high,
    u.name_vi || ', ' || p.words_vi || ': ' || f.detail_vi AS sentence_vi,
    u.name_en || ', ' || p.words_en || ': ' || f.detail_en AS sentence_en
FROM flag_found AS f
JOIN flag_series AS s USING (i) JOIN flag_unit AS u USING (u) JOIN flag_period AS p USING (p) JOIN flag_period AS b ON b.p = f.previous_p

UNION ALL
SELECT
    'rate_above_100', o.unit_key, o.indicator_id, o.period_start, o.period_end, o.status, o.source_id, 'warning', o.value,
    NULL, NULL, NULL, flag_limit('flag_rate_limit'),
    u.name_vi || ', ' || vi_period(o.period_start, o.period_end) || ': “' || i.name_vi || '” là ' || vi_number(100 * o.value, 2) || '%'
        || coalesce(' (' || vi_number(o.numerator, 0) || ' trên ' || vi_number(o.denominator, 0) || ')', '')
        || ', vượt ' || vi_number(100 * flag_limit('flag_rate_limit'), 0) || '%.',
    u.name_en || ', ' || en_period(o.period_start, o.period_end) || ': “' || i.name_en || '” is ' || en_number(100 * o.value, 2) || '%'
        || coalesce(' (' || en_number(o.numerator, 0) || ' of ' || en_number(o.denominator, 0) || ')', '')
        || ', above ' || en_number(100 * flag_limit('flag_rate_limit'), 0) || '%.'
FROM observation AS o
JOIN (SELECT * FROM stage.indicator WHERE kind = 'rate') AS i USING (indicator_id)
JOIN flag_unit AS u USING (unit_key)
WHERE o.value > flag_limit('flag_rate_limit')

UNION ALL
SELECT
    'families_population', o.unit_key, o.indicator_id, o.period_start, o.period_end, o.status, o.source_id, 'warning', o.value,
    NULL, NULL, u.population / flag_limit('flag_people_per_family_high'), u.population / flag_limit('flag_people_per_family_low'),
    u.name_vi || ', ' || vi_period(o.period_start, o.period_end) || ': báo cáo ' || vi_number(o.value, 0) || ' gia đình trong khi dân số là '
        || vi_number(u.population, 0) || ' người (năm ' || u.population_year || ')'
        || coalesce(', tức ' || vi_number(u.population / nullif(o.value, 0), 2) || ' người một gia đình', '') || '; hợp lý là từ '
        || vi_number(flag_limit('flag_people_per_family_low'), 1) || ' đến ' || vi_number(flag_limit('flag_people_per_family_high'), 1) || '.',
    u.name_en || ', ' || en_period(o.period_start, o.period_end) || ': ' || en_number(o.value, 0) || ' families are reported for a population of '
        || en_number(u.population, 0) || ' (' || u.population_year || ')'
        || coalesce(', that is ' || en_number(u.population / nullif(o.value, 0), 2) || ' people per family', '') || '; '
        || en_number(flag_limit('flag_people_per_family_low'), 1) || ' to ' || en_number(flag_limit('flag_people_per_family_high'), 1)
        || ' is plausible.'
FROM observation AS o JOIN flag_unit AS u USING (unit_key)
WHERE o.indicator_id = 'model.family.total' AND o.status <> 'published' AND u.population > 0
  AND o.value NOT BETWEEN u.population / flag_limit('flag_people_per_family_high') AND u.population / flag_limit('flag_people_per_family_low')
ORDER BY period_end, status, flag_rule, unit_key, indicator_id, source_id;

DROP VIEW flag_move;
DROP TABLE flag_change;
DROP TABLE flag_expected;
DROP TABLE flag_outlier;
DROP TABLE flag_jump;
DROP TABLE flag_found;
