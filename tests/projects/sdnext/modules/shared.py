"""What the whole application shares: its options."""

import argparse

parser = argparse.ArgumentParser(description="generates images")
parser.add_argument("--use-openvino", action="store_true", help="run the model with OpenVINO")
parser.add_argument("--use-ipex", action="store_true", help="run the model on an Intel GPU")
parser.add_argument("--device-id", default=None, help="which of several GPUs")
cmd_opts = parser.parse_args()
