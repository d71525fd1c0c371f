"""python3 buy.py EVENT [PLACES]: books places and waits for the tickets. Needs the package requests."""

import os
import sys
import time
import uuid

import requests

BOX_OFFICE = os.environ.get("BOXOFFICE_URL", "http://localhost:8000")
TOKEN = os.environ.get("BOXOFFICE_TOKEN")


def main(event_id, quantity=1):
    session = requests.Session()
    if TOKEN:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
    booking_id = book(session, event_id, quantity)
    while True:
        booking = session.get(f"{BOX_OFFICE}/booking/{booking_id}", timeout=30).json()
        if booking["status"] != "PENDING":
            break
        time.sleep(0.2)
    print(booking["status"], *(ticket["code"] for ticket in booking["tickets"]))


def book(session, event_id, quantity):
    order = {"event_id": event_id, "quantity": quantity}
    if not TOKEN:
        order["user_id"] = 42
    # The same key on each try: whatever became of the one before, there is one booking at most.
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    while True:
        answer = session.post(f"{BOX_OFFICE}/book", json=order, headers=headers, timeout=30)
        if answer.status_code not in (429, 503):
            break
        time.sleep(float(answer.headers.get("Retry-After", 1)))
    if not answer.ok:
        sys.exit(f"nothing was booked: {answer.text}")
    return answer.json()["id"]


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:3]))
