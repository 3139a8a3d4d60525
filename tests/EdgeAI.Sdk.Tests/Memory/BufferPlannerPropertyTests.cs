using System.Collections.Immutable;
using EdgeAI.Compiler.Memory;

namespace EdgeAI.Sdk.Tests.Memory;

/// <summary>Random problems against a search that tries every order, and against themselves changed.</summary>
public sealed class BufferPlannerPropertyTests
{
    /// <summary>Seeds of a batch of problems with one alignment; EDGEAI_PLANNER_SEEDS gives more.</summary>
    private static readonly int AlignedSeeds = int.TryParse(Environment.GetEnvironmentVariable("EDGEAI_PLANNER_SEEDS"), out var seeds) ? seeds : 100;

    private const long ThoroughNodes = 200_000;
    private static readonly BufferPlanOptions Thorough = new(Nodes: ThoroughNodes);

    [Test]
    public void Solve_SmallRandomProblems_EqualBruteForce([Range(0, 9)] int batch)
    {
        for (var seed = batch * 40; seed < (batch * 40) + 40; seed++)
        {
            var problem = Small(seed);
            var plan = BufferPlanner.Solve(problem, Thorough);
            Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null, $"seed {seed}");
            Assert.That(plan.Height, Is.EqualTo(LowestByBruteForce(problem)), $"seed {seed}");
            Assert.That(plan.ProvedBound, Is.EqualTo(plan.Height), $"seed {seed}: not proved");
        }
    }

    [Test]
    public void Find_CapacityOneBelowTheLowest_NamesAMinimalConflict([Range(0, 9)] int batch)
    {
        for (var seed = batch * 40; seed < (batch * 40) + 40; seed++)
        {
            var problem = Small(seed);
            var lowest = LowestByBruteForce(problem);
            Assert.That(BufferConflict.Find(problem, lowest), Is.Null, $"seed {seed}");
            if (lowest == 0)
            {
                continue;
            }

            var conflict = BufferConflict.Find(problem, lowest - 1);
            Assert.That(conflict, Is.Not.Null.And.Property(nameof(BufferConflict.IsMinimal)).True, $"seed {seed}");
            if (conflict!.Step is { } step)
            {
                Assert.That(conflict.Buffers.Sum(buffer => buffer.Size), Is.EqualTo(conflict.LiveBytes).And.GreaterThan(lowest - 1), $"seed {seed}: {conflict}");
                Assert.That(conflict.Buffers.All(buffer => buffer.Lower <= step && step < buffer.Upper), Is.True, $"seed {seed}: {conflict}");
            }

            Assert.That(LowestByBruteForce(new(conflict.Buffers)), Is.GreaterThanOrEqualTo(lowest), $"seed {seed}: {conflict} fit");
            foreach (var one in conflict.Buffers)
            {
                Assert.That(LowestByBruteForce(new(conflict.Buffers.Remove(one))), Is.LessThan(lowest), $"seed {seed}: {conflict} without {one.Id} do not fit");
            }
        }
    }

    /// <summary>Paddings that differ within one rounded size: blocks that fill the same units may still end at different bytes.</summary>
    [Test]
    public void Solve_OneAlignmentAndSizesThatAreNoMultiples_EqualsBruteForce([Range(0, 9)] int batch)
    {
        for (var seed = batch * AlignedSeeds; seed < (batch + 1) * AlignedSeeds; seed++)
        {
            var problem = Aligned(seed);
            var (plan, lowest) = (BufferPlanner.Solve(problem, Thorough), LowestByBruteForce(problem));
            Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null, $"seed {seed}");
            Assert.That(plan.Height, Is.EqualTo(lowest), $"seed {seed}");
            Assert.That(plan.ProvedBound, Is.EqualTo(lowest), $"seed {seed}: not proved");
            Assert.That(BufferConflict.Find(problem, lowest), Is.Null, $"seed {seed}: a conflict that does not exist");
            Assert.That(Search(problem, lowest, seed), Is.EqualTo(SearchVerdict.Found), $"seed {seed}");
            Assert.That(Search(problem, lowest - 1, seed), Is.EqualTo(SearchVerdict.Impossible), $"seed {seed}");
        }

        // Without the heuristics, which would find most of what the search wrongly leaves out.
        static SearchVerdict Search(BufferPlanProblem problem, long limit, int seed)
        {
            var random = new Random(seed);
            var preference = problem.Blocks.Select(_ => random.NextDouble()).ToArray();
            return new PlacementSearch(new CliqueModel(problem.Blocks, new FirstFit(problem.Blocks).Neighbours)).Run(limit, preference, ThoroughNodes, new SearchBudget(Thorough, ThoroughNodes));
        }
    }

    [Test]
    public void Solve_BlocksOfOnePaddedSizeAndTwoRealOnes_AreNotTakenForTwins()
    {
        var problem = new BufferPlanProblem(
        [
            new(0, 0, 1, 5, 4), new(1, 0, 1, 8, 4), new(2, 11, 13, 4, 4), new(3, 10, 14, 4, 4), new(4, 15, 16, 8, 4), new(5, 12, 14, 4, 4), new(6, 13, 16, 4, 4),
        ]);
        var plan = BufferPlanner.Solve(problem, Thorough);
        Assert.That((plan.Height, plan.ProvedBound), Is.EqualTo((13L, 13L)));
        Assert.That(BufferPlanner.Solve(problem, Thorough with { Capacity = 13 }).Height, Is.EqualTo(13));
        Assert.That(BufferConflict.Find(problem, 13), Is.Null);
    }

    [Test]
    public void Solve_RandomProblems_AreRightAndDeterministic([Range(1, 40)] int seed)
    {
        var problem = Random(seed, 60, 40, 200, 5);
        var options = new BufferPlanOptions(Rounds: 50, Nodes: 500);
        var plan = BufferPlanner.Solve(problem, options);
        Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null, $"seed {seed}");
        Assert.That(plan.Height, Is.GreaterThanOrEqualTo(problem.LowerBound), $"seed {seed}");
        Assert.That(BufferPlanner.Solve(problem, options).Offsets, Is.EqualTo(plan.Offsets), $"seed {seed}");
    }

    [Test]
    public void Solve_ScaledShuffledOrReversed_HasTheSameHeight([Range(1, 40)] int seed)
    {
        var buffers = Random(seed, 24, 12, 40, 1).Buffers;
        var height = Proved(buffers);
        Assert.That(Proved([.. buffers.Select(buffer => buffer with { Size = buffer.Size * 48, Alignment = 16 })]), Is.EqualTo(height * 48), $"seed {seed}: scaled");
        Assert.That(Proved([.. buffers.Select(buffer => buffer with { Lower = -buffer.Upper, Upper = -buffer.Lower })]), Is.EqualTo(height), $"seed {seed}: reversed");
        Assert.That(Proved([.. buffers.Select(buffer => buffer with { Lower = buffer.Lower * 1000, Upper = buffer.Upper * 1000 })]), Is.EqualTo(height), $"seed {seed}: slower");
        var shuffled = buffers.ToArray();
        new Random(seed).Shuffle(shuffled);
        Assert.That(Proved([.. shuffled]), Is.EqualTo(height), $"seed {seed}: shuffled");

        long Proved(ImmutableArray<BufferRequest> changed)
        {
            var plan = BufferPlanner.Solve(new BufferPlanProblem(changed), Thorough);
            Assert.That(plan.IsOptimal, Is.True, $"seed {seed}: not proved");
            return plan.Height;
        }
    }

    /// <summary>A few rounded sizes over few steps, so that many blocks share both.</summary>
    private static BufferPlanProblem Aligned(int seed)
    {
        var random = new Random(seed);
        var (alignment, units, steps) = (1 << random.Next(1, 5), random.Next(1, 4), random.Next(2, 8));
        return new([.. Enumerable.Range(0, random.Next(2, 9)).Select(id =>
        {
            var lower = random.Next(steps);
            return new BufferRequest(id, lower, lower + random.Next(1, 1 + ((steps + 1) / 2)), random.Next(1, 1 + (units * alignment)), alignment);
        })]);
    }

    private static BufferPlanProblem Small(int seed) => Random(seed, 8, 8, 9, seed % 3 == 0 ? 3 : 1);

    private static BufferPlanProblem Random(int seed, int most, int steps, int largest, int alignments)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, random.Next(1, most + 1)).Select(id =>
        {
            var lower = random.Next(steps);
            return new BufferRequest(id, lower, lower + random.Next(1, 1 + (steps / 2)), random.Next(0, largest), 1 << random.Next(alignments));
        })]);
    }

    /// <summary>The lowest height over all orders, each buffer on the highest end of those before it that it meets.</summary>
    private static long LowestByBruteForce(BufferPlanProblem problem)
    {
        var buffers = problem.Buffers.Where(buffer => buffer.Size > 0).ToArray();
        var (ends, best) = (new long[buffers.Length], long.MaxValue);
        Extend(0, 0);
        return best;

        void Extend(int placed, long height)
        {
            if (placed == buffers.Length || height >= best)
            {
                best = Math.Min(best, height);
                return;
            }

            for (var i = placed; i < buffers.Length; i++)
            {
                (buffers[placed], buffers[i]) = (buffers[i], buffers[placed]);
                var (buffer, floor) = (buffers[placed], 0L);
                for (var j = 0; j < placed; j++)
                {
                    floor = buffers[j].Overlaps(buffer) ? Math.Max(floor, ends[j]) : floor;
                }

                ends[placed] = ((floor + buffer.Alignment - 1) / buffer.Alignment * buffer.Alignment) + buffer.Size;
                Extend(placed + 1, Math.Max(height, ends[placed]));
                (buffers[placed], buffers[i]) = (buffers[i], buffers[placed]);
            }
        }
    }
}
