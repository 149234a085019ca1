// SPDX-License-Identifier: MIT
namespace Denali.Engine;

/// <summary>Why a slot's <see cref="IExecutionSlot.Enter"/> returned.</summary>
public enum EngineExitKind : byte
{
    /// <summary>The guest issued a virtual instruction.</summary>
    Instruction,

    /// <summary>The kick signal arrived; the guest can be entered again, nothing else happened.</summary>
    Interrupted,

    /// <summary>The guest touched a page that is not mapped; entering again repeats the access.</summary>
    PageFault,

    /// <summary>The guest did something that ends it.</summary>
    Fault,

    /// <summary>The engine cannot run this guest any further: the host's fault or the engine's.</summary>
    Failed,
}
