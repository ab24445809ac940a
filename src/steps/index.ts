export { applyAll } from './applying.ts';
export { namesOfKeys, toldApart } from './groups.ts';
export { type Inspection, inspectAll } from './inspection.ts';
export { isOpen, planAll, type SetupPlan } from './planning.ts';
export { asPlanned, type KeyResult, type RoleResult, type SetupResult, whatStops } from './results.ts';
