"""The model card in a bundle: what a stranger should know before using the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def write_card(info: dict[str, Any], labels: Sequence[object]) -> str:
    """Return the card as Markdown, Korean first.

    Args:
        info: The bundle's ``info``: parameters, rows, validation figures, and what the run added.
        labels: The classes.
    """
    parameters, rows = info["parameters"], info["rows"]
    validation = info["validation"]
    lines = [
        "# kosent 모델 카드 / model card",
        "",
        f"- 신경망 / network: `{parameters['architecture']}`",
        f"- 토크나이저 / tokenizer: `{parameters['tokenizer']}`",
        f"- 정제 / cleaning: `{parameters['cleaning']}`{_rules(parameters)}",
        f"- 라벨 / labels: {', '.join(map(str, labels))}",
        f"- 학습 자료 / corpus: {info.get('corpus', {}).get('name', '-')}",
        f"- 학습 글 / training texts: {rows['train']:,}"
        f" (검증 / validation: {rows['validation']:,})",
        *_started(info),
        *_taught(info),
        *_augmented(parameters),
        f"- 시드 / seed: {parameters['seed']}",
        f"- 검증 {_scores(validation, 'validation')}",
        *_calibration(info),
        *_test(info),
        f"- kosent {info['kosent_version']}",
        "",
        "검증 자료는 학습 종료와 가중치 선택에 쓰였으므로 그 수치는 조금 낙관적입니다.",
        "",
        "The validation split decided when to stop and which weights to keep, so its figures are"
        " slightly optimistic.",
        "",
    ]
    return "\n".join(lines)


def write_ensemble_card(info: dict[str, Any], labels: Sequence[object]) -> str:
    """Return the card of an ensemble as Markdown, Korean first.

    Args:
        info: The ensemble's ``info``: members, weights, validation figures, and what the run added.
        labels: The classes.
    """
    weighting, validation = info["weighting"], info["validation"]
    lines = [
        "# kosent 앙상블 카드 / ensemble card",
        "",
        f"- 라벨 / labels: {', '.join(map(str, labels))}",
        f"- 학습 자료 / corpus: {info.get('corpus', {}).get('name', '-')}",
        *(
            f"- 모델 / member `{each['tokenizer']}` `{each['architecture']}`: 무게 / weight"
            f" {weight:.3f}, 검증 {_score(each['validation'], 'validation')}"
            for each, weight in zip(info["members"], weighting["weights"], strict=True)
        ),
        f"- 검증 {_scores(validation, 'validation', ' rows')}",
        f"- 검증 보정 오차, 고른 무게에서 / calibration error on validation, from equal weights:"
        f" {weighting['ece_before']:.4f} → {weighting['ece_after']:.4f}",
        *_taught(info),
        *_test(info),
        f"- kosent {info['kosent_version']}",
        "",
        "무게는 검증 자료에서 맞추었으므로 그 수치는 조금 낙관적입니다.",
        "",
        "The weights were fitted on the validation split, so its figures are slightly optimistic.",
        "",
    ]
    return "\n".join(lines)


def _score(scores: Mapping[str, Any], split: str) -> str:
    """Return the figure of a split that stands for all: accuracy, or micro F1 of several labels."""
    if "micro_f1" in scores:
        return f"마이크로 F1 / {split} micro F1: {scores['micro_f1']:.4f}"
    return f"정확도 / {split} accuracy: {scores['accuracy']:.4f}"


def _scores(scores: Mapping[str, Any], split: str, rows: str = "") -> str:
    """Return the figures of a split; its rows with what is said of them, where something is."""
    rows = f", {scores['rows']:,}{rows}" if rows else ""
    if "micro_f1" in scores:
        return (
            f"{_score(scores, split)} (macro F1 {scores['macro_f1']:.4f}, LRAP"
            f" {scores['lrap']:.4f}, 라벨이 모두 맞은 글 / all labels right"
            f" {scores['accuracy']:.4f}{rows})"
        )
    return f"{_score(scores, split)} (macro F1 {scores['macro_f1']:.4f}{rows})"


def _test(info: Mapping[str, Any]) -> list[str]:
    test = info.get("test")
    if not test:
        return []
    lines = [
        f"- 시험 {_scores(test, 'test', ' rows, scored once')}",
    ]
    if confidence := test.get("confidence"):
        lines.append(
            f"- 시험 보정 오차 / calibration error on test: {confidence['ece']:.4f}"
            " (ECE, 15 equal-width bins)"
        )
    return lines


def _started(info: Mapping[str, Any]) -> list[str]:
    start = info.get("start")
    if not start:
        return []
    learned = {"head": "마지막 층 / last layer", "all": "모든 가중치 / all weights"}
    kept = f", 지킨 무게 / kept by {start['keep']:g}" if start.get("keep") else ""
    lines = [
        f"- 이어받은 모델 / started from: `{start['name']}`, manifest.json SHA-256"
        f" `{start['sha256']}`, 새로 배운 것 / learned anew: {learned[start['transfer']]}{kept}"
    ]
    if unmarked := start.get("unmarked"):
        lines.append(
            "- 새 글에 없어 이어받은 모델의 답을 정답으로 본 라벨 / labels that no new text has,"
            f" with its answers as their truth: {', '.join(map(str, unmarked))}"
        )
    return lines


def _taught(info: Mapping[str, Any]) -> list[str]:
    teacher = info.get("teacher")
    if not teacher:
        return []
    texts, file = teacher.get("texts"), teacher.get("file")
    hashed = "" if file else "manifest.json "
    lines = [
        f"- 선생 / teacher: `{teacher['model']}`, {hashed}SHA-256 `{teacher['sha256']}`, 학습"
        f" 글에서 선생의 몫 / its share on training texts {teacher['share']:g}"
    ]
    if texts:
        lines.append(
            f"- 선생만 가르친 라벨 없는 글 / texts without labels, taught by it alone:"
            f" {texts['kept']:,} (`{texts['name']}`, SHA-256 `{texts['sha256']}`)"
        )
    if file:
        lines.append(
            f"- 확률의 파일 / file of probabilities: 읽은 줄 / rows read {file['read']:,},"
            f" 학습 글 / training texts {file['taught']:,}, 새 글 / new texts {file['new']:,},"
            f" 뺀 줄 / left out {sum(file['dropped'].values()):,}"
        )
    return lines


def _calibration(info: Mapping[str, Any]) -> list[str]:
    found = info.get("calibration")  # models saved before have none
    if not found:
        return []
    ece = f"{found['ece_before']:.4f} → {found['ece_after']:.4f}"
    if "temperature" not in found:
        return [f"- 라벨마다 맞춘 확률의 검증 보정 오차 / calibration error on validation: {ece}"]
    return [
        f"- 온도 / temperature: {found['temperature']:.3f}, 검증 보정 오차 / calibration error on"
        f" validation: {ece}"
    ]


def _rules(parameters: Mapping[str, Any]) -> str:
    options = parameters.get("cleaning_options") or {}  # models saved before have none
    given = ", ".join(f"{rule}={value}" for rule, value in options.items())
    return f" ({given})" if given else ""


def _augmented(parameters: Mapping[str, Any]) -> list[str]:
    augment = parameters.get("augment")  # models saved before have none
    return [f"- 증강 / augmentation: `{augment}`"] if augment else []
