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

/** Begins to watch a page before its own scripts run. It names no function: what tsx does to keep such names is not in the page. */
export function startWatch(): void {
  let watched: PerformanceEntry[] = [];
  const observers = [{ type: 'layout-shift' }, { type: 'longtask' }, { type: 'event', durationThreshold: 16 }].map((options) => {
    const observer = new PerformanceObserver((list) => watched.push(...list.getEntries()));
    observer.observe({ buffered: true, ...options });
    return observer;
  });
  Object.assign(globalThis, {
    takeWatched() {
      const entries = [...watched, ...observers.flatMap((observer) => observer.takeRecords())];
      watched = [];
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      const result = { layoutShift: 0, tasksMs: [] as number[], interactionsMs: [] as number[] };
      for (const entry of entries) {
        const { entryType, startTime, duration } = entry;
        if (entryType === 'layout-shift' && !(entry as ShiftEntry).hadRecentInput) result.layoutShift += (entry as ShiftEntry).value;
        if (entryType === 'longtask' && startTime >= (navigation?.loadEventStart ?? 0)) result.tasksMs.push(duration);
        if (entryType === 'event' && (entry as PerformanceEventTiming).interactionId > 0) result.interactionsMs.push(duration);
      }
      return result;
    },
  });
}

/** Gives what happened since the last look. */
export function readWatch(): Watched {
  return (globalThis as unknown as WatchedPage).takeWatched();
}
