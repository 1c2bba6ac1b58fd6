"""How answers are counted, compared and listed: what the Evaluate page looks at."""
