"""Who people are: passwords, sessions, links that are used once, other providers' word for somebody."""
