-- Verdicts 3. Of the questions that would be bursts those that a benign verdict keeps from being flagged: about a cluster that
-- is benign, or, where no cluster was tested, with more than half of the counted names in benign clusters or with benign
-- values. Of several verdicts the one of most of the names is told.
CREATE TABLE spared AS
WITH given AS (
    SELECT * FROM standing_judgement WHERE verdict = 'benign'
),
benign AS (
    SELECT cluster_id, subject, how FROM judged WHERE verdict = 'benign'
),
asked AS (
    SELECT flagged.question_id, flagged.burst_id, question.cluster_id
    FROM flagged
    INNER JOIN question ON question.question_id = flagged.question_id
),
counted AS (
    SELECT asked.question_id, question_member.domain
    FROM asked
    INNER JOIN question_member ON question_member.question_id = asked.question_id
    WHERE asked.cluster_id IS NULL
    GROUP BY ALL
),
reason AS (
    SELECT counted.question_id, counted.domain, benign.subject, benign.how
    FROM counted
    INNER JOIN cluster_member ON cluster_member.domain = counted.domain AND cluster_member.day = $day
    INNER JOIN benign ON benign.cluster_id = cluster_member.cluster_id
    UNION
    SELECT counted.question_id, counted.domain, holder.subject, 'value'
    FROM counted
    INNER JOIN holder ON holder.domain = counted.domain
    INNER JOIN given ON given.subject = holder.subject
),
covered AS (
    SELECT question_id, count(DISTINCT domain) AS domains FROM reason GROUP BY question_id
),
foremost AS (
    SELECT question_id, subject, how
    FROM reason
    GROUP BY question_id, subject, how
    QUALIFY row_number() OVER (PARTITION BY question_id ORDER BY count(*) DESC, subject, how) = 1
),
spare AS (
    SELECT asked.question_id, benign.subject, benign.how
    FROM asked
    INNER JOIN benign ON benign.cluster_id = asked.cluster_id
    UNION ALL
    SELECT foremost.question_id, foremost.subject, foremost.how
    FROM foremost
    INNER JOIN covered ON covered.question_id = foremost.question_id
    INNER JOIN (SELECT question_id, count(*) AS domains FROM counted GROUP BY question_id) AS whole
        ON whole.question_id = foremost.question_id
    WHERE covered.domains * 2 > whole.domains
)
SELECT asked.burst_id, spare.question_id, spare.subject, spare.how, given.given_by, given.given_at, given.note
FROM spare
INNER JOIN asked ON asked.question_id = spare.question_id
INNER JOIN given ON given.subject = spare.subject
