"""Reads a book aloud, sentence by sentence."""

import argparse

from lib.manager import SpeechManager


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("book")
    parser.add_argument("--device", default="cpu", choices=["cpu", "gpu"])
    parser.add_argument("--voice", default=None)
    args = parser.parse_args()
    session = {
        "device": "cuda" if args.device == "gpu" else "cpu",
        "voice": args.voice,
        "out": args.book + ".wav",
    }
    manager = SpeechManager(session)
    with open(args.book, encoding="utf-8") as book:
        for sentence in book:
            manager.params["sentence"] = sentence.strip()
            if not manager.convert_sentence():
                return 1
    return 0


if __name__ == "__main__":
    main()
