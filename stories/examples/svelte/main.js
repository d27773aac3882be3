import 'gan-canvas';
import { mount } from 'svelte';
import SeedPicker from './SeedPicker.svelte';

mount(SeedPicker, { target: document.body });
