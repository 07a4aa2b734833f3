"""Office documents to Markdown. `package` looks into the archive that newer ones are, before anything is unpacked;
`structure` has one read by office-oxide, and `blocks`, `text`, `lists` and `grids` write what was read; `libreoffice`
turns older kinds into newer ones."""
