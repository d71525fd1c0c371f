import { TestRunner } from 'vitest';

const NEEDS_SERVICE = /^(sqlite \+ redis|postgresql)/;

/** As Stryker writes it; Vitest 5 has ` > ` between the names. */
const fullName = ({ name, suite }) => (suite ? `${fullName(suite)} ${name}` : name);

const suitesAround = ({ suite, file }) => (suite ? [suite, ...suitesAround(suite)] : [file]);

/**
 * Leaves out the setups that need a service, and helps Stryker to run for each mutant the tests that reach it and no other.
 * Stryker takes hooks for the loading of a file, which would make it run all tests: here `beforeAll` is counted for each test
 * of its suite, and what comes after a test for that test.
 */
export default class MutantsRunner extends TestRunner {
  #wanted;
  #stryker = {};
  /** The id of a test or of a suite whose hooks run; undefined while a file is loaded. */
  #reaching;
  /** What the hooks of a suite reached, by its id. */
  #byHooks = new Map();

  constructor(config) {
    super(config);
    this.#wanted = config.testNamePattern ?? /^/;
    config.testNamePattern = undefined;
    globalThis.__stryker__ = this.#stryker;
    Object.defineProperty(this.#stryker, 'currentTestId', {
      get: () => this.#reaching,
      // Stryker's own afterEach comes before the others.
      set: (id) => {
        if (id !== undefined) this.#reaching = id;
      },
    });
  }

  /** Nothing more is loaded once a test has failed. */
  importFile(path, source) {
    if (this.cancelRun) return;
    this.#reaching = undefined;
    return super.importFile(path, source);
  }

  onBeforeRunSuite(suite) {
    if (this.#isWanted(suite)) this.#reaching = suite.id;
    else suite.mode = 'skip';
    return super.onBeforeRunSuite(suite);
  }

  onBeforeRunTask(test) {
    if (!this.#isWanted(test)) test.mode = 'skip';
    for (const suite of suitesAround(test)) this.#keep(suite);
    return super.onBeforeRunTask(test);
  }

  onAfterRunTask(test) {
    const reached = this.#reachedBy(this.#reaching);
    for (const { id } of suitesAround(test)) {
      for (const [mutant, times] of Object.entries(this.#byHooks.get(id) ?? {})) {
        reached[mutant] = (reached[mutant] ?? 0) + times;
      }
    }
    return super.onAfterRunTask(test);
  }

  #isWanted(task) {
    if (task.type !== 'suite') return this.#wanted.test(fullName(task));
    return !NEEDS_SERVICE.test(task.name) && task.tasks.some((child) => this.#isWanted(child));
  }

  /** How often each mutant was. */
  #reachedBy(id) {
    const perTest = this.#stryker.mutantCoverage?.perTest ?? {};
    perTest[id] ??= {};
    return perTest[id];
  }

  #keep({ id }) {
    if (!this.#byHooks.has(id)) this.#byHooks.set(id, this.#reachedBy(id));
    delete this.#stryker.mutantCoverage?.perTest[id];
  }
}
