"""GPUs that XLA compiles for by their description alone.

The numbers are NVIDIA's for each card, in the form in which XLA asks a driver for them. XLA picks
its kernels by the compute capability; the rest is for its estimates of what is worth fusing.
"""

from typing import NamedTuple

CUDNN = (9, 10)  # the version that the cards are said to have
CUDA = (12, 8)


class Card(NamedTuple):
    """A GPU.

    capability: compute capability. cores: streaming multiprocessors. fpus, threads: of each core;
    fpus are its float32 units. shared: KiB of shared memory of each core. l2: MiB. memory: bytes.
    bandwidth: bytes a second. clock: GHz, the highest.
    """

    name: str
    capability: tuple[int, int]
    cores: int
    fpus: int
    threads: int
    shared: int
    l2: int
    memory: int
    bandwidth: int
    clock: float


CARDS = {
    "rtx4090": Card(
        name="NVIDIA GeForce RTX 4090",
        capability=(8, 9),
        cores=128,
        fpus=128,
        threads=1536,
        shared=100,
        l2=72,
        memory=24 * 2**30,
        bandwidth=1_008_000_000_000,
        clock=2.52,
    ),
    "a100": Card(
        name="NVIDIA A100-SXM4-80GB",
        capability=(8, 0),
        cores=108,
        fpus=64,
        threads=2048,
        shared=164,
        l2=40,
        memory=80 * 2**30,
        bandwidth=2_039_000_000_000,
        clock=1.41,
    ),
    "h100": Card(
        name="NVIDIA H100 80GB HBM3",
        capability=(9, 0),
        cores=132,
        fpus=128,
        threads=2048,
        shared=228,
        l2=50,
        memory=80 * 2**30,
        bandwidth=3_352_000_000_000,
        clock=1.98,
    ),
    "h200": Card(
        name="NVIDIA H200 141GB HBM3e",
        capability=(9, 0),
        cores=132,
        fpus=128,
        threads=2048,
        shared=228,
        l2=50,
        memory=141 * 2**30,
        bandwidth=4_800_000_000_000,
        clock=1.98,
    ),
}


def description(card: Card) -> str:
    """Returns a card as `jax.experimental.topologies` takes it: XLA's GpuTargetConfigProto."""
    major, minor = card.capability
    return f"""
gpu_device_info {{
  cuda_compute_capability {{ major: {major} minor: {minor} }}
  core_count: {card.cores}
  fpus_per_core: {card.fpus}
  clock_rate_ghz: {card.clock}
  device_memory_size: {card.memory}
  memory_bandwidth: {card.bandwidth}
  l2_cache_size: {card.l2 << 20}
  shared_memory_per_core: {card.shared << 10}
  shared_memory_per_block_optin: {card.shared - 1 << 10}
  shared_memory_per_block: {48 << 10}
  registers_per_core_limit: 65536
  registers_per_block_limit: 65536
  threads_per_warp: 32
  threads_per_core_limit: {card.threads}
  threads_per_block_limit: 1024
  thread_dim_limit_x: 1024
  thread_dim_limit_y: 1024
  thread_dim_limit_z: 64
  block_dim_limit_x: {2**31 - 1}
  block_dim_limit_y: 65535
  block_dim_limit_z: 65535
}}
platform_name: "CUDA"
dnn_version_info {{ major: {CUDNN[0]} minor: {CUDNN[1]} }}
runtime_version {{ major: {CUDA[0]} minor: {CUDA[1]} }}
device_description_str: "{card.name}"
"""
