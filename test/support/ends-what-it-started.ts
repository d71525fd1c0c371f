import { afterAll, afterEach, beforeEach } from 'vitest';
import { fileEnded, testBegins, testEnded } from './leaked-processes.ts';
import { disposeSubscribers } from './subscriber.ts';

// Modules are loaded once for many files, so hooks inside of them would be of the first file only.
beforeEach(testBegins);
afterEach(disposeSubscribers);
afterEach(testEnded);
afterAll(fileEnded);
