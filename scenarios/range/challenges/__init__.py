"""The challenges, one TOML file each; ``scenarios.range.challenge`` reads them and says what a file holds."""
