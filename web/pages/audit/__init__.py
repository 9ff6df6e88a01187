"""The pages of auditors: what was recorded, tried and read, through time, with its proof."""
