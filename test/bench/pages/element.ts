/** What a user's page would import. */
import '../../../src/index.ts';
