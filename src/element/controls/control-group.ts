import type { TemplateResult } from 'lit';
import type { ModelInfo } from '../../weights/model-info.ts';
import type { ControlledSettings } from './controlled-settings.ts';
import type { ControlsHost } from './controls-host.ts';
import type { DirectionCatalog } from './direction-catalog.ts';
import type { SmallPicture } from './small-pictures.ts';

/** What the groups of controls have in common. */
export interface ControlDesk {
  readonly host: ControlsHost;
  readonly info: ModelInfo;
  /** The settings with what is on its way to the element. */
  readonly settings: ControlledSettings;
  readonly directions: DirectionCatalog;
  /** Something is being moved. */
  move(changes: Partial<ControlledSettings>): void;
  /** Something was moved, or is set at once. */
  rest(changes?: Partial<ControlledSettings>): void;
  imageOf(id: string): ImageData | undefined;
  /** Says something to screen readers. */
  announce(text: string): void;
  requestUpdate(): void;
  /** Moves the focus to what a selector finds, once it is rendered. */
  focus(selector: string): void;
}

/** Controls that belong together, and unfold together. */
export interface ControlGroup {
  readonly id: string;
  readonly title: string;
  /** False for a model that has nothing to be controlled by it. */
  isOffered?(desk: ControlDesk): boolean;
  render(desk: ControlDesk): TemplateResult;
  /** The small pictures that it shows, while it is open. */
  pictures?(desk: ControlDesk): readonly SmallPicture[];
  /** True while it moves the picture by itself, so that nothing else is drawn. */
  isPlaying?(): boolean;
  /** What goes on ends: the panel goes away. */
  stop?(): void;
  /** Another model was loaded. */
  clear?(): void;
}
