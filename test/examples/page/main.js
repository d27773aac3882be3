import 'gan-canvas';
