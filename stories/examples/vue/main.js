import 'gan-canvas';
import { createApp } from 'vue';
import SeedPicker from './SeedPicker.vue';

createApp(SeedPicker).mount('#root');
