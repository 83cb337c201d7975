-- What a question made is found before what was published.
SET search_path = 'asked.main,churn.main'
