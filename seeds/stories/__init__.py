"""Stories: what people do in a week, told through the services and a clock of their own."""
