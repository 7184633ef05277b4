import { cpus, release } from "node:os";
import type { PartMetrics } from "../evaluation/report.js";
import type { Precision } from "./precision.js";
import type { Source } from "./run-data.js";
import type { ResultSpec, RunSpec } from "./run-spec.js";

/** metrics.json: a result's figures and how they came to be. docs/files.md defines each field. */
export interface ResultMetrics<Spec extends ResultSpec = ResultSpec> {
  readonly spec: Spec;
  readonly specHash: string;
  /** SHA-256 over all clips of the run's corpora. */
  readonly dataChecksum: string;
  /** "original": the publishers' own files; "opus-copy": decoded copies; "sample": synthetic speech; "own": others. */
  readonly source: Source;
  readonly test: PartMetrics;
  readonly validation: PartMetrics;
  /** Weights of the network, batch statistics included. */
  readonly parameters: number;
  /** Epochs that were run, and the one whose weights were kept: the best on validation, by `training.keptBy`. 0 without epochs. */
  readonly epochs: number;
  readonly bestEpoch: number;
  /** Of a logistic regression: the penalty on its weights that was best on validation. */
  readonly penalty?: number;
  /** Training and validation, without featurising. */
  readonly seconds: number;
  readonly device: string;
  readonly precision: Precision;
  readonly versions: Readonly<Record<string, string>>;
}

/** The figures of a network's run. */
export type RunMetrics = ResultMetrics<RunSpec>;

/** What the run ran on, in words: the processor with its cores, or the graphics card. */
export function describeDevice(tensorFlowDevice: string): string {
  const list = cpus();
  const processor = `${list[0]?.model.trim() ?? "unknown processor"}, ${list.length} cores`;
  return tensorFlowDevice === "CPU" ? processor : `${tensorFlowDevice}; ${processor}`;
}

/** Whether one of the machines that `device` names (`describeDevice`, or several of it) computed on a graphics card. */
export function isOnCard(device: string): boolean {
  const parts = device.split(/; |, then /);
  return parts.length > 1 && parts.some((part) => !/, \d+ cores$/.test(part));
}

/** Versions of what computes. */
export function versionsInUse(tensorFlow: string, tfjs: string): Record<string, string> {
  return {
    node: process.versions.node,
    tensorflow: tensorFlow,
    tfjs,
    system: `${process.platform} ${release()}`,
  };
}
