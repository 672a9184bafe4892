package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/containerd/ttrpc"

	cj "huleedu/cj/v1"
)

const assessmentService = "huleedu.cj.v1.CJAssessment"

// rank starts an assessment of a folder's essays, waits until it has ended and prints the ranking.
func rank(client *ttrpc.Client, folder string, out io.Writer) error {
	essays, err := readEssays(folder)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("go-peer-%d", time.Now().UnixNano())
	start := &cj.StartAssessmentRequest{
		AssessmentId: id,
		Essays:       essays,
		Question:     []byte("Is the proposal a good one? Argue for your opinion."),
		Language:     "en",
		Judge:        &cj.JudgeSettings{Provider: "simulated", Model: "simulated-judge"},
		Seed:         7,
	}
	if err := call(client, assessmentService, "StartAssessment", start, &cj.StartAssessmentResponse{}); err != nil {
		return fmt.Errorf("StartAssessment: %w", err)
	}
	progress, err := watch(client, id)
	if err != nil {
		return fmt.Errorf("WatchAssessment: %w", err)
	}
	if progress.State != cj.AssessmentState_ASSESSMENT_STATE_COMPLETED {
		return fmt.Errorf("the assessment ended as %v: %s", progress.State, progress.Failure)
	}
	result := &cj.GetAssessmentResponse{}
	if err := call(client, assessmentService, "GetAssessment", &cj.GetAssessmentRequest{AssessmentId: id}, result); err != nil {
		return fmt.Errorf("GetAssessment: %w", err)
	}
	print(out, result)
	return nil
}

// readEssays reads a folder's text files in the order of their names.
func readEssays(folder string) ([]*cj.Essay, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var essays []*cj.Essay
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		essays = append(essays, &cj.Essay{Id: filepath.Base(name), Text: text})
	}
	return essays, nil
}

// watch follows an assessment from revision to revision until it has ended.
func watch(client *ttrpc.Client, id string) (*cj.AssessmentProgress, error) {
	var revision uint64
	for {
		request := &cj.WatchAssessmentRequest{AssessmentId: id, AfterRevision: revision, WaitMilliseconds: 30_000}
		response := &cj.WatchAssessmentResponse{}
		if err := call(client, assessmentService, "WatchAssessment", request, response); err != nil {
			return nil, err
		}
		if response.Progress == nil {
			return nil, fmt.Errorf("an answer without progress")
		}
		if response.Progress.State != cj.AssessmentState_ASSESSMENT_STATE_RUNNING {
			return response.Progress, nil
		}
		revision = response.Progress.Revision
	}
}

func print(out io.Writer, result *cj.GetAssessmentResponse) {
	if result.Progress.GetSimulated() {
		fmt.Fprintln(out, "The judge is simulated: no language model has read these essays.")
	}
	fmt.Fprintf(out, "%4s  %-24s %8s %8s\n", "rank", "essay", "ability", "error")
	for _, item := range result.Items {
		fmt.Fprintf(out, "%4d  %-24s %8.3f %8.3f\n", item.Rank, item.EssayId, item.Ability, item.StandardError)
	}
	reason := strings.TrimPrefix(result.Progress.GetStopReason().String(), "STOP_REASON_")
	fmt.Fprintf(out, "%d judgements, %s\n", result.Progress.GetJudged(), strings.ToLower(reason))
}
