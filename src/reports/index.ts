export { registerReports } from './register.ts';
