/** What runs in the page to watch it: functions that puppeteer sends there, so that they use nothing of this module. */

/** What happened since the last look. */
export interface Watched {
  /** Sum of the shifts that no input led to. */
  readonly layoutShift: number;
  /** Main-thread tasks over 50 ms that began after the page's load event. */
  readonly tasksMs: readonly number[];
  /** From each input to the paint that it led to, of those that took 16 ms. */
  readonly interactionsMs: readonly number[];
}

interface ShiftEntry extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

interface WatchedPage {
  takeWatched(): Watched;
}

/** Begins to watch a page before its own scripts run. */
export function startWatch(): void {
  let watched: PerformanceEntry[] = [];
  const observers = [{ type: 'layout-shift' }, { type: 'longtask' }, { type: 'event', durationThreshold: 16 }].map((options) => {
    const observer = new PerformanceObserver((list) => watched.push(...list.getEntries()));
    observer.observe({ buffered: true, ...options });
    return observer;
  });
  const takeWatched = (): Watched => {
    const entries = [...watched, ...observers.flatMap((observer) => observer.takeRecords())];
    watched = [];
    const [navigation] = performance.getEntriesByType('navigation');
    const loadedMs = (navigation as PerformanceNavigationTiming).loadEventStart;
    const of = (type: string) => entries.filter(({ entryType }) => entryType === type);
    return {
      layoutShift: (of('layout-shift') as ShiftEntry[]).reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0),
      tasksMs: of('longtask').filter(({ startTime }) => startTime >= loadedMs).map(({ duration }) => duration), // prettier-ignore
      interactionsMs: (of('event') as PerformanceEventTiming[]).filter(({ interactionId }) => interactionId > 0).map(({ duration }) => duration), // prettier-ignore
    };
  };
  Object.assign(globalThis, { takeWatched });
}

/** Gives what happened since the last look. */
export function readWatch(): Watched {
  return (globalThis as unknown as WatchedPage).takeWatched();
}
