import js from '@eslint/js';
import { importX, createNodeResolver } from 'eslint-plugin-import-x';
import lit from 'eslint-plugin-lit';
import wc from 'eslint-plugin-wc';
import tseslint from 'typescript-eslint';

/** Layers, top first: a file may import from its own layer and from those listed for it, and from nothing else in src. */
const LAYERS = {
  cli: ['engine', 'latent', 'weights', 'runtime', 'support'],
  element: ['engine', 'latent', 'weights', 'runtime', 'support'],
  engine: ['training', 'model', 'latent', 'weights', 'runtime', 'support'],
  training: ['model', 'latent', 'weights', 'runtime', 'support'],
  model: ['latent', 'weights', 'runtime', 'support'],
  latent: ['support'],
  weights: ['support'],
  runtime: ['support'],
  support: [],
};

/** Packages that src may import, and the layers that may; `*` is anything. */
const PACKAGES = {
  cli: ['fast-png', 'cli-progress', 'node:*'],
  element: ['lit', 'lit/*', 'gifenc/dist/gifenc.esm.js'],
  engine: [],
  training: ['@tensorflow/tfjs-core'],
  model: ['@tensorflow/tfjs-core'],
  latent: [],
  weights: [],
  runtime: [
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-core/*',
    '@tensorflow/tfjs-backend-cpu',
    '@tensorflow/tfjs-backend-wasm',
    '@tensorflow/tfjs-backend-wasm/*',
    '@tensorflow/tfjs-backend-webgpu',
    '@tensorflow/tfjs-backend-webgpu/*',
  ],
  support: [],
};

const layerZones = Object.entries(LAYERS).map(([layer, below]) => ({
  target: `./src/${layer}`,
  from: './src',
  except: [layer, ...below].map((name) => `./${name}`),
  message: `Layer "${layer}" may import only: ${[layer, ...below].join(', ')}.`,
}));

const packageRules = Object.entries(PACKAGES).map(([layer, allowed]) => ({
  files: [`src/${layer}/**/*.ts`],
  ignores: ['src/runtime/wasm/assembly/**'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            // Anything that is not relative and not on the layer's list.
            regex: `^(?!\\.{1,2}/)(?!(${allowed.map((name) => name.replace('.', '\\.').replace('/*', '(/.*)?').replace(':*', ':.+')).join('|') || '\\b\\B'})$)`,
            message: `Layer "${layer}" may import only these packages: ${allowed.join(', ') || 'none'}.`,
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.cache/',
      'src/runtime/wasm/assembly/',
      'src/runtime/wasm/build/',
      'weights/training/',
      'test/fixtures/',
      'test/examples/',
      'stories/examples/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strict, ...tseslint.configs.stylistic],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'stories/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.mjs'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'it', 'test', 'before', 'after'] }] },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a const object with a derived union.' },
        { selector: 'PropertyDefinition[accessibility="private"], MethodDefinition[accessibility="private"]', message: 'Use #private.' },
      ],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: layerZones }],
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  ...packageRules,
  { files: ['src/element/**/*.ts'], ...lit.configs['flat/recommended'] },
  { files: ['src/element/**/*.ts'], ...wc.configs['flat/recommended'] },
  { files: ['test/**/*.ts', '**/*.mjs'], rules: { 'no-console': 'off' } },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
  // Storybook finds the description of a file of stories, and its own configuration, by the default export.
  { files: ['stories/**/*.stories.ts', 'stories/config/*.ts'], rules: { 'import-x/no-default-export': 'off' } },
);
