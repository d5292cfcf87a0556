"""The quickstart's training step in PyTorch, one step for each line that comes in.

The first argument is JSON: vocab, width, depth, kv, group, head, inner, rows, time, theta, epsilon,
rate, weight_decay, clip, threads, device ("cpu" or "cuda"). Prints one line of JSON with versions,
then for each line on stdin the seconds of one step: forward, backward, clipping and AdamW, on new
random tokens. The device has finished before the clock is read.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

c = json.loads(sys.argv[1])
torch.manual_seed(0)
torch.set_num_threads(c["threads"])
device = c["device"] if c["device"] == "cpu" or torch.cuda.is_available() else "cpu"


class Norm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(c["width"]))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + c["epsilon"]) * self.scale


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        heads = c["kv"] * c["group"] * c["head"]
        self.before, self.between = Norm(), Norm()
        self.query = torch.nn.Linear(c["width"], heads)
        self.key = torch.nn.Linear(c["width"], c["kv"] * c["head"])
        self.value = torch.nn.Linear(c["width"], c["kv"] * c["head"])
        self.output = torch.nn.Linear(heads, c["width"], bias=False)
        self.gate = torch.nn.Linear(c["width"], c["inner"], bias=False)
        self.up = torch.nn.Linear(c["width"], c["inner"], bias=False)
        self.down = torch.nn.Linear(c["inner"], c["width"], bias=False)

    def forward(self, x, cos, sin):
        rows, length, _ = x.shape
        y = self.before(x)
        split = lambda z: z.view(rows, length, -1, c["head"]).transpose(1, 2)
        q = rotate(split(self.query(y)), cos, sin)
        k = rotate(split(self.key(y)), cos, sin).repeat_interleave(c["group"], 1)
        v = split(self.value(y)).repeat_interleave(c["group"], 1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(mixed.transpose(1, 2).reshape(rows, length, -1))
        y = self.between(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Parameter(torch.randn(c["vocab"], c["width"]) * 0.02)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(c["depth"]))
        self.norm = Norm()
        half = c["head"] // 2
        angle = torch.outer(
            torch.arange(c["time"], dtype=torch.float64),
            c["theta"] ** (-2 * torch.arange(half, dtype=torch.float64) / c["head"]),
        )
        self.register_buffer("cos", angle.cos().float())
        self.register_buffer("sin", angle.sin().float())

    def forward(self, tokens):
        x = F.embedding(tokens, self.embed)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        return self.norm(x) @ self.embed.t()


model = Model().to(device)
parameters = list(model.parameters())
optimizer = torch.optim.AdamW(
    [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": c["weight_decay"]},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
    ],
    lr=c["rate"],
)


def step():
    tokens = torch.randint(c["vocab"], (c["rows"], c["time"]), device=device)
    logits = model(tokens)[:, :-1]
    loss = F.cross_entropy(logits.reshape(-1, c["vocab"]), tokens[:, 1:].reshape(-1))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, c["clip"])
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
count = sum(p.numel() for p in parameters)
about = {"torch": torch.__version__, "device": name, "parameters": count}
print(json.dumps(about), flush=True)
for _ in sys.stdin:
    begin = time.perf_counter()
    step()
    if device == "cuda":
        torch.cuda.synchronize()
    print(time.perf_counter() - begin, flush=True)
