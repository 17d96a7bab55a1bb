#!/usr/bin/env bash
# The last step of action.yml: turns the scan's exit code into the step's, now
# that it is known whether the SARIF report was taken.
set -euo pipefail

case ${SCAN_EXIT_CODE:-} in
    0) exit 0 ;;
    1) ;;
    # 2, or a step that ended before it could say anything.
    *) exit 2 ;;
esac
if [ "${SCAN_UPLOAD:-}" = true ] && [ "${UPLOAD_OUTCOME:-}" != success ]; then
    echo "::warning title=tightlip::The SARIF report was not uploaded: does the job have the permission security-events: write, and the repository code scanning? The secrets are in the annotations and the summary."
fi
case ${ACTION_FAIL:-true} in
    false) exit 0 ;;
    unless-uploaded)
        [ "${UPLOAD_OUTCOME:-}" != success ] || exit 0
        ;;
esac
exit 1
