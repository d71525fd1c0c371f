import { readFileSync } from 'node:fs';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';

// Prints what Spectral's recommended rules find in an OpenAPI document, one line each.
const linter = new spectral.Spectral();
linter.setRuleset({ extends: [[rulesets.oas, 'recommended']] });
const problems = await linter.run(JSON.parse(readFileSync(process.argv[2], 'utf8')));
for (const { code, message, path } of problems) console.log(`${code}: ${message} ${path.join('.')}`);
