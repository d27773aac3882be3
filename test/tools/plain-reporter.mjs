// A reporter for @web/test-runner that prints failures in full, warnings that tests ask to be shown loudly,
// and one closing line of counts that test/run.ts adds up.
function* walk(suite, path = []) {
  for (const test of suite.tests) yield { ...test, title: [...path, test.name].join(' › ') };
  for (const child of suite.suites) yield* walk(child, [...path, child.name]);
}

function printError(error) {
  if (!error) return;
  console.log(`    ${error.name ?? 'Error'}: ${error.message ?? ''}`);
  if (error.expected !== undefined) console.log(`    expected: ${error.expected}\n    actual: ${error.actual}`);
  if (error.stack)
    console.log(
      error.stack
        .split('\n')
        .slice(0, 8)
        .map((line) => `      ${line}`)
        .join('\n'),
    );
}

/** Prints one session (a test file in a browser) and returns its counts. */
function reportSession(session) {
  const tests = session.testResults ? [...walk(session.testResults)] : [];
  const failed = tests.filter((test) => !test.passed && !test.skipped);
  const file = session.testFile.replace(`${process.cwd()}/`, '');
  const passed = tests.filter((test) => test.passed).length;
  const seconds = Math.round(tests.reduce((sum, { duration = 0 }) => sum + duration, 0) / 1000);
  const counts = `${passed} passed${failed.length ? `, ${failed.length} failed` : ''}${seconds > 0 ? `, ${seconds} s` : ''}`;
  console.log(`${failed.length || session.errors.length ? '✗' : '✓'} ${file} (${counts})`);
  if (process.env.TEST_TIMES)
    for (const { title, duration = 0 } of tests)
      if (duration > 2000) console.log(`  ${(duration / 1000).toFixed(0).padStart(4)} s ${title}`);
  for (const test of failed) {
    console.log(`  ✗ ${test.title}`);
    printError(test.error);
  }
  for (const error of session.errors) printError(error);
  for (const { type, args } of session.logs.map((log) => (Array.isArray(log) ? { type: 'log', args: log } : log))) {
    const text = (args ?? []).map(String).join(' ');
    if (process.env.TEST_LOGS || text.startsWith('LOUD:')) console.log(`  [${type}] ${text}`);
  }
  const skipped = tests.filter((test) => test.skipped).length;
  const broken = session.errors.length > 0 || tests.length === 0 ? 1 : 0;
  return { passed, failed: failed.length + (failed.length ? 0 : broken), skipped };
}

export function plainReporter() {
  const seen = new Set();
  const total = { passed: 0, failed: 0, skipped: 0 };
  return {
    reportTestFileResults({ sessionsForTestFile }) {
      for (const session of sessionsForTestFile) {
        if (seen.has(session.id)) continue;
        seen.add(session.id);
        const counts = reportSession(session);
        for (const key of Object.keys(total)) total[key] += counts[key];
      }
    },
    onTestRunFinished({ errors }) {
      for (const error of errors ?? []) printError(error);
      if (errors?.length) total.failed += 1;
      console.log(`browser tests: ${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
    },
  };
}
