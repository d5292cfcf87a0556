"""Golden values of whole models: logits, every gradient, one AdamW step, in float64.

    pip install torch==2.13.0 transformers==4.57.1 && python test/golden/generate/models.py

Writes test/golden/values/*.json. Parameters are drawn here (not from an initialiser of the model) so
that biases and norms are not at special points; the file holds them, in the published names.
"""

import json
import pathlib

import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM
from transformers.models.llama import modeling_llama
from transformers.models.qwen2 import modeling_qwen2

HERE = pathlib.Path(__file__).resolve().parent.parent / "values"
SHAPE = dict(
    vocab_size=29,
    hidden_size=12,
    num_hidden_layers=3,
    num_attention_heads=6,
    num_key_value_heads=2,
    head_dim=4,
    intermediate_size=20,
    max_position_embeddings=64,
    attn_implementation="eager",
)
ADAMW = dict(lr=1e-3, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)


class DoubleTorch:
    """The models widen to float32 by name in norms and in softmax; here that name means float64."""

    float32 = torch.float64

    def __getattr__(self, name):
        return getattr(torch, name)


class DoubleRotary(torch.nn.Module):
    """Rotary tables in float64; the models' own are float32 whatever the weights are."""

    def __init__(self, config, device=None):
        super().__init__()
        half = torch.arange(0, config.head_dim, 2, dtype=torch.float64) / config.head_dim
        self.frequency = config.rope_theta ** -half

    def forward(self, x, position_ids):
        angle = position_ids[:, :, None].double() * self.frequency
        angle = torch.cat((angle, angle), dim=-1)
        return angle.cos(), angle.sin()


for modeling, prefix in ((modeling_llama, "Llama"), (modeling_qwen2, "Qwen2")):
    modeling.torch = DoubleTorch()
    setattr(modeling, f"{prefix}RotaryEmbedding", DoubleRotary)


def packed_mask(segments):
    """Additive mask [batch, 1, time, time]: own past within the own segment."""
    time = segments.shape[1]
    past = torch.ones(time, time).tril().bool()
    own = segments[:, :, None] == segments[:, None, :]
    allowed = (past & own)[:, None]
    return torch.zeros(allowed.shape, dtype=torch.float64).masked_fill(~allowed, -1e300)


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


def case(name, model, segments):
    model = model.double().eval()
    generator = torch.Generator().manual_seed(7)
    for key, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        centre = 1.0 if "norm" in key else 0.0
        parameter.data = centre + (0.2 if parameter.dim() == 1 else 0.3) * noise
    model.tie_weights()
    assert all(p.dtype == torch.float64 for p in model.parameters())

    batch, time = segments.shape
    tokens = torch.randint(SHAPE["vocab_size"], (batch, time), generator=generator)
    position = torch.zeros_like(segments)
    for row in range(batch):
        for t in range(1, time):
            same = segments[row, t] == segments[row, t - 1]
            position[row, t] = position[row, t - 1] + 1 if same else 0
    weight = torch.randint(2, (batch, time), generator=generator).double()

    logits = model(input_ids=tokens, position_ids=position, attention_mask=packed_mask(segments)).logits
    logprobs = torch.log_softmax(logits, -1)[:, :-1].gather(-1, tokens[:, 1:, None])[..., 0]
    learnt = (weight * (position > 0))[:, 1:]
    loss = -(logprobs * learnt).sum() / learnt.sum()
    loss.backward()

    parameters = {k: numbers(p) for k, p in model.named_parameters()}
    gradients = {k: numbers(p.grad) for k, p in model.named_parameters()}
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}], foreach=False, **ADAMW
    )
    optimizer.step()
    after = {k: numbers(p) for k, p in model.named_parameters()}
    first = {k: numbers(optimizer.state[p]["exp_avg"]) for k, p in model.named_parameters()}
    second = {k: numbers(optimizer.state[p]["exp_avg_sq"]) for k, p in model.named_parameters()}

    config = model.config.to_dict()
    kept = [*SHAPE, "rope_theta", "rms_norm_eps", "tie_word_embeddings"]
    value = {
        "source": f"torch {torch.__version__}, transformers {transformers.__version__}, float64",
        "config": {k: config[k] for k in kept if k in config},
        "tokens": tokens.tolist(),
        "position": position.tolist(),
        "segment": segments.tolist(),
        "weight": weight.tolist(),
        "parameters": parameters,
        "logits": numbers(logits),
        "loss": loss.item(),
        "gradients": gradients,
        "adamw": {"learning_rate": ADAMW["lr"], "beta1": ADAMW["betas"][0], "beta2": ADAMW["betas"][1],
                  "epsilon": ADAMW["eps"], "weight_decay": ADAMW["weight_decay"]},
        "after": after,
        "first": first,
        "second": second,
    }
    HERE.mkdir(exist_ok=True)
    (HERE / f"{name}.json").write_text(json.dumps(value) + "\n")
    print(name, "loss", loss.item())


whole = torch.zeros(2, 9, dtype=torch.long)
packed = torch.tensor([[0, 0, 0, 0, 1, 1, 1, 2, 2], [0, 0, 1, 1, 1, 1, 1, 1, 1]])
case("qwen2_tied", Qwen2ForCausalLM(Qwen2Config(**SHAPE, rope_theta=1e6, rms_norm_eps=1e-6, tie_word_embeddings=True)), whole)
case("qwen2_untied_packed", Qwen2ForCausalLM(Qwen2Config(**SHAPE, rope_theta=1e4, rms_norm_eps=1e-6, tie_word_embeddings=False)), packed)
case("llama_untied", LlamaForCausalLM(LlamaConfig(**SHAPE, rope_theta=1e4, rms_norm_eps=1e-5, tie_word_embeddings=False)), whole)
