'use strict';
/** Requests and their answers: docs/lean-server-protocol.md. */

const { Constants } = require('./constants.cjs');
const { Frontend } = require('./frontend.cjs');
const { CommandState } = require('./layouts.cjs');
const { LeanException } = require('./objects.cjs');
const { ExhaustedError, RequestError, TacticError, TimeLimitError } = require('./errors.cjs');
const { Library } = require('./library.cjs');
const { Tactics } = require('./tactics.cjs');
const { describe, groupGoals } = require('./parts.cjs');
const { Reporter } = require('./reports.cjs');
const { Sameness } = require('./sameness.cjs');
const { premises } = require('./statements.cjs');

const COMPLETE = 'Completed';
const OPEN = 'Incomplete: open goals remain';
const WITH_SORRY = 'Incomplete: contains sorry';
const REFUSED = 'Error: kernel type check failed';
const WITH_METAVARIABLES = 'Incomplete: contains metavariable(s)';

class Protocol {
  constructor(lean) {
    this.lean = lean;
    this.frontend = new Frontend(lean);
    this.library = new Library(lean);
    this.tactics = new Tactics(lean, this.frontend, this.library);
    this.constants = new Constants(lean, this.frontend, this.library);
    this.reporter = new Reporter(lean, this.frontend, this.library);
    this.sameness = new Sameness(lean, this.library, this.constants, this.reporter);
    this.environments = [];
    this.states = [];
    this.handlers = {
      tactic: (request) => this.tactic(request),
      cmd: (request) => this.command(request),
      uses: (request) => this.uses(request),
      constant: (request) => this.constant(request),
      same: (request) => this.same(request),
      premises: (request) => this.premises(request),
      policy: (request) => ({ policy: this.library.addPolicy(request.policy ?? {}) }),
      free: (request) => this.free(request),
      status: () => this.status(),
    };
  }

  /** The answer to a request; never throws. */
  answer(request) {
    const kind = Object.keys(this.handlers).find((key) => request[key] !== undefined);
    if (!kind) return { message: 'Unknown request.' };
    try {
      this.checkTimeout(request);
      return this.handlers[kind](request);
    } catch (error) {
      return this.errorAnswer(error);
    }
  }

  errorAnswer(error) {
    if (error instanceof TacticError) {
      const answer = { message: `Lean error:\n${error.message}` };
      return error.forbidden ? { ...answer, forbidden: error.forbidden } : answer;
    }
    if (error instanceof TimeLimitError) {
      return { message: `Lean error:\n${error.message}`, timeout: true };
    }
    if (error instanceof RequestError) return { message: error.message };
    if (error instanceof LeanException) return { message: this.lean.ioErrorText(error.object) };
    if (error instanceof ExhaustedError) return { message: error.message, fatal: true };
    // A trap, an exhausted stack, or an inconsistency: Lean's heap can be in any condition.
    process.stderr.write(`${error?.stack ?? error}\n`);
    const reason = this.lean.panic ?? error?.message ?? 'a C++ exception was not caught';
    return { message: `Lean crashed: ${reason}`, fatal: true };
  }

  // Checks ------------------------------------------------------------------------------------

  checkTimeout({ timeout }) {
    if (timeout != null && !(typeof timeout === 'number' && timeout > 0)) {
      throw new RequestError("'timeout' must be a positive number of seconds.");
    }
  }

  text(request, key) {
    if (typeof request[key] !== 'string') throw new RequestError(`'${key}' must be a text.`);
    return request[key];
  }

  environment(number) {
    const environment = Number.isInteger(number) ? this.environments[number] : undefined;
    if (!environment) throw new RequestError('Unknown environment.');
    return environment;
  }

  state(number) {
    const state = Number.isInteger(number) ? this.states[number] : undefined;
    if (!state) throw new RequestError('Unknown proof state.');
    return state;
  }

  // Requests ----------------------------------------------------------------------------------

  command(request) {
    const text = this.text(request, 'cmd');
    const previous = request.env == null ? null : this.environment(request.env);
    const { state, base, messages, holes, replayed = null, report } = request.report === true
      ? this.reporter.run(text, previous, (entry) => this.environments.push(entry) - 1)
      : this.frontend.run(text, previous);
    const sorries = this.distinct(holes, base)
      .map(({ hole, start }) => this.sorry(hole, start, request.parts === true));
    const answer = { env: this.environments.push({ state, base, replayed }) - 1 };
    if (messages.length > 0) answer.messages = messages;
    if (sorries.length > 0) answer.sorries = sorries;
    if (report) answer.report = report;
    return answer;
  }

  /**
   * The holes with their proof states (`start`). A `sorry` that was elaborated more than once, as
   * in `all_goals sorry`, counts once for each different goal.
   */
  distinct(holes, base) {
    const seen = new Set();
    return holes.map((hole) => ({ hole, start: this.tactics.start(hole, base) }))
      .filter(({ hole, start }) => {
        const place = `${hole.start}-${hole.end}`;
        const goal = holes.filter((h) => h.start === hole.start).length > 1
          ? this.tactics.withInstantiated(start, (goals) => describe(goals, start.goals).key)
          : '';
        const isNew = !seen.has(place + goal);
        seen.add(place + goal);
        if (!isNew) this.tactics.free(start);
        return isNew;
      });
  }

  sorry(hole, state, withParts) {
    const proofState = this.keep(state);
    const goals = this.tactics.goalTexts(state);
    const { pos, endPos } = hole;
    const answer = { proofState, goal: goals.join('\n\n'), pos, endPos };
    if (!withParts) return answer;
    const { declaration, isTerm } = hole;
    return { ...answer, declaration, isTerm, parts: this.parts(state, proofState, goals) };
  }

  tactic(request) {
    const text = this.text(request, 'tactic');
    const before = this.state(request.proofState);
    const { state, messages } = this.tactics.step(before, text, {
      hasTimeout: request.timeout > 0,
      policy: request.policy == null ? null : this.library.policy(request.policy),
    });
    const proofState = this.keep(state);
    const goals = this.tactics.goalTexts(state);
    const answer = { proofState, goals, proofStatus: this.proofStatus(state) };
    if (messages.length > 0) answer.messages = messages;
    if (request.parts === true) answer.parts = this.parts(state, proofState, goals);
    return answer;
  }

  proofStatus(state) {
    if (state.goals.length > 0) return OPEN;
    const { hasSorry, hasMetavariables } = this.tactics.inspectProofs(state);
    if (hasSorry) return WITH_SORRY;
    if (hasMetavariables) return WITH_METAVARIABLES;
    const objection = this.tactics.kernelObjection(state);
    return objection === '' ? COMPLETE : `${REFUSED}: ${objection}`;
  }

  /** The independent obligations of a state; `number` and `texts` are its own. */
  parts(state, number, texts) {
    const textOf = new Map(state.goals.map((goal, i) => [goal, texts[i]]));
    return this.tactics.withInstantiated(state, (goals) => {
      const groups = groupGoals(goals, state.goals);
      return groups.map((group) => ({
        proofState: groups.length === 1
          ? number
          : this.keep(this.tactics.withGoals(state, group)),
        goals: group.map((goal) => textOf.get(goal)),
        ...describe(goals, group),
      }));
    });
  }

  uses(request) {
    const name = this.text(request, 'uses');
    const environment = this.kernelEnvironment(request);
    const policy = this.library.policy(request.policy);
    this.requireConstant(environment, name);
    const info = this.library.find(environment, name);
    const { value } = this.library.read(info);
    const forbidden = value === null ? [] : this.library.forbidden(policy, environment, [value]);
    this.lean.objects.dec(info);
    return { forbidden };
  }

  constant(request) {
    const name = this.text(request, 'constant');
    return this.constants.describe(this.environment(request.env), name);
  }

  same(request) {
    const name = this.text(request, 'same');
    const other = this.environment(request.other);
    return { same: this.sameness.holds(name, this.environment(request.env), other) };
  }

  premises(request) {
    const environment = this.kernelEnvironment(request);
    const forbids = request.policy == null
      ? () => false
      : this.library.forbids(this.library.policy(request.policy), environment);
    return { premises: premises(this.library, this.library.index(environment), forbids) };
  }

  /** The Environment (borrowed) that a request names. */
  kernelEnvironment(request) {
    return this.lean.objects.field(this.environment(request.env).state, CommandState.env);
  }

  requireConstant(environment, name) {
    if (!this.library.has(environment, name)) throw new RequestError(`Unknown constant '${name}'.`);
  }

  keep(state) {
    return this.states.push(state) - 1;
  }

  free({ free }) {
    const all = free?.proofStates === 'all';
    const states = all ? [...this.states.keys()] : free?.proofStates ?? [];
    const environments = free?.envs ?? [];
    if (!Array.isArray(states) || !Array.isArray(environments)) {
      throw new RequestError("'free' must be an object with lists of numbers.");
    }
    for (const number of states) {
      if (this.states[number]) {
        this.tactics.free(this.states[number]);
        delete this.states[number];
      }
    }
    for (const number of environments) {
      if (this.environments[number]) {
        this.release(this.environments[number]);
        delete this.environments[number];
      }
    }
    return { ok: true };
  }

  release({ state, replayed }) {
    this.lean.objects.dec(state);
    if (replayed) this.lean.objects.dec(replayed);
  }

  /** Gives up all proof states and environments; their numbers start again. */
  forget() {
    this.free({ free: { proofStates: 'all', envs: [...this.environments.keys()] } });
    this.environments = [];
    this.states = [];
  }

  status() {
    const count = (items) => items.reduce((n) => n + 1, 0);
    return {
      memory: process.memoryUsage().rss,
      heap: this.lean.heap,
      envs: count(this.environments),
      proofStates: count(this.states),
      version: this.lean.version,
    };
  }
}

module.exports = { Protocol };
