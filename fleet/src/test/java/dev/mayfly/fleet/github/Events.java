package dev.mayfly.fleet.github;

import java.nio.charset.StandardCharsets;

/** Bodies as GitHub documents them (webhook event {@code workflow_job}), with what nobody here looks at. */
final class Events {
    private Events() {}

    static byte[] body(String action, long job, String repository, String runner, String... labels) {
        String owner = repository.substring(0, repository.indexOf('/'));
        String name = runner.isEmpty() ? "null" : "\"" + runner + "\"";
        return """
                {"action": "%s",
                 "workflow_job": {"id": %d, "run_id": 940463255, "workflow_name": "CI", "head_branch": "main",
                   "run_url": "https://api.github.com/repos/%s/actions/runs/940463255", "run_attempt": 1,
                   "status": "%s", "conclusion": null, "started_at": "2026-06-15T19:22:27Z", "completed_at": null,
                   "name": "test", "steps": [], "labels": ["%s"], "runner_id": null, "runner_name": %s,
                   "runner_group_id": null, "runner_group_name": null},
                 "repository": {"id": 186853002, "full_name": "%s", "private": false,
                   "owner": {"login": "%s", "id": 21031067, "type": "Organization"}},
                 "sender": {"login": "%s", "id": 21031067}}
                """.formatted(
                        action, job, repository, action, String.join("\", \"", labels), name, repository, owner, owner)
                .getBytes(StandardCharsets.UTF_8);
    }

    static JobEvent event(String action, long job, String repository, String runner, String... labels) {
        return JobEvent.read(body(action, job, repository, runner, labels));
    }
}
