import { GanCanvas } from 'gan-canvas/react';
import { useState, type ReactElement } from 'react';

export function SeedPicker(): ReactElement {
  const [seed, setSeed] = useState(42);
  const [told, setTold] = useState('');
  return (
    <>
      <GanCanvas model="pomona" seed={seed} onRender={(event) => setTold(`seed ${event.seed} on ${event.backend}`)} />
      <p>
        <button onClick={() => setSeed(seed + 1)}>Another</button> <output>{told}</output>
      </p>
    </>
  );
}
