// SPDX-License-Identifier: MIT
using Denali.Kernel.Machines;

namespace Denali.Kernel.Memory;

/// <summary>The images of all VMs by small numbers. One stays usable until the last VM that was made of it has ended.
/// Any thread.</summary>
internal sealed class ImageTable : SharedTable<LoadedImage>
{
    /// <inheritdoc/>
    protected override void OnFirst(LoadedImage item) => item.AddReference();

    /// <inheritdoc/>
    protected override void OnLast(LoadedImage item) => item.RemoveReference();
}
