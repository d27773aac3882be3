import { create } from 'storybook/theming';

/** The colours and letters of the demo page. */
export const theme = create({
  base: 'light',
  brandTitle: '<gan-canvas>',
  brandTarget: '_self',
  colorPrimary: '#a2341f',
  colorSecondary: '#a2341f',
  appBg: '#ebe5d8',
  appContentBg: '#f6f1e6',
  appPreviewBg: '#f6f1e6',
  appBorderColor: '#cfc5b1',
  appBorderRadius: 8,
  barBg: '#f6f1e6',
  barTextColor: '#5f5648',
  barSelectedColor: '#a2341f',
  barHoverColor: '#a2341f',
  textColor: '#2d271e',
  textMutedColor: '#5f5648',
  inputBg: '#fffdf8',
  inputBorder: '#cfc5b1',
  inputTextColor: '#2d271e',
  inputBorderRadius: 7,
  fontBase: "'Iowan Old Style', 'Palatino Linotype', Palatino, 'Book Antiqua', 'Liberation Serif', Georgia, serif",
  fontCode: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace",
});
