import { createRoot } from 'react-dom/client';
import { SeedPicker } from './seed-picker';

const root = document.querySelector('#root');
if (root) createRoot(root).render(<SeedPicker />);
