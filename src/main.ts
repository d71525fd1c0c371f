#!/usr/bin/env node
import { refusalOfNode } from './node-version.ts';

// Nothing else is loaded before: on an older Node the libraries end the process without a word.
const refusal = refusalOfNode(process.versions.node);
if (refusal === null) {
  await import('./cli.ts');
} else {
  console.error(refusal);
  process.exitCode = 1;
}
