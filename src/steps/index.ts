export { applyAll } from './apply.ts';
export { namesOfKeys, toldApart } from './groups.ts';
export { type ObservedKeys, observeAll } from './observe.ts';
export { isOpen, planAll, type SetupPlan } from './plan.ts';
export { asPlanned, type KeyResult, type RoleResult, type SetupResult, whatStops } from './results.ts';
