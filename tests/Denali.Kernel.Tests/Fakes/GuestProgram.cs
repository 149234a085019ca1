// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Denali.Engine;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>What a guest does, as an iterator: the code between two exits runs when the slot is entered.</summary>
/// <param name="slot">The slot in which it runs.</param>
/// <returns>Its exits, in order.</returns>
internal delegate IEnumerable<EngineExit> GuestProgram(FakeSlot slot);
