import { createConfig, lint } from '@redocly/openapi-core';

// Prints what Redocly's recommended rules find in an OpenAPI document, one line each.
const [, , ref] = process.argv;
const problems = await lint({ ref, config: await createConfig({ extends: ['recommended'] }) });
for (const { ruleId, message, location } of problems) console.log(`${ruleId}: ${message} ${location[0]?.pointer}`);
